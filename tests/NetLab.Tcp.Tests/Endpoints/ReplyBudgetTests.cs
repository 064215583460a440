using NetLab.Tcp.Endpoints;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Endpoints;

/// <summary>The budget of RSTs: bounded, and no side channel.</summary>
public sealed class ReplyBudgetTests
{
    private const int PerSecond = 1_000;
    private static readonly Instant Start = Instant.FromOrigin(TimeSpan.FromHours(1));
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(PerSecond)]
    [Conformance(50)]
    public void All_together_get_so_many_a_second_on_average_and_never_twice_as_many(int perSecond)
    {
        var budget = new ReplyBudget(perSecond, new EndpointSecrets(1, 2));
        const int Intervals = 1_000;
        int all = 0;
        for (int i = 0; i < Intervals; i++)
        {
            int given = Enumerable.Range(0, 200).Count(n => budget.TryTake(Start + (Interval * i), Host((byte)n, 1)));
            Assert.InRange(given, 1, Math.Max(1, perSecond * 3 / 20));
            all += given;
        }

        Assert.InRange(all, 0.9 * Math.Max(perSecond / 10, 1) * Intervals, 1.1 * Math.Max(perSecond / 10, 1) * Intervals);
    }

    [Fact]
    [Conformance(50)]
    public void Forged_segments_of_others_leave_the_budget_of_a_prefix_as_it_was()
    {
        for (int i = 0; i < 200; i++)
        {
            // The same secret and moment: what an attacker gets with and without having spent the budget of its victim.
            Instant now = Start + (Interval * i);
            var alone = new ReplyBudget(PerSecond, new EndpointSecrets(1, 2));
            var beside = new ReplyBudget(PerSecond, new EndpointSecrets(1, 2));
            for (int n = 0; n < 1_000; n++)
            {
                beside.TryTake(now, Host(7, (byte)n));
            }

            Assert.Equal(Spend(alone, now), Spend(beside, now));
        }

        static int Spend(ReplyBudget budget, Instant now) => Enumerable.Range(0, 1_000).Count(n => budget.TryTake(now, Host(8, (byte)n)));
    }

    [Fact]
    [Conformance(50)]
    public void The_budget_of_a_prefix_is_another_one_each_interval_and_depends_on_the_secret()
    {
        int[] first = Draws(new EndpointSecrets(1, 2));
        Assert.True(first.Distinct().Count() > 5);
        Assert.NotEqual(first, Draws(new EndpointSecrets(3, 4)));
        Assert.Equal(first, Draws(new EndpointSecrets(1, 2)));

        static int[] Draws(EndpointSecrets secrets)
        {
            var budget = new ReplyBudget(PerSecond, secrets);
            return [.. Enumerable.Range(0, 50).Select(i => Enumerable.Range(0, 100).Count(_ => budget.TryTake(Start + (Interval * i), Host(8, 1))))];
        }
    }

    [Fact]
    [Conformance(50)]
    public void A_clock_that_jumps_back_gives_nothing()
    {
        var budget = new ReplyBudget(PerSecond, new EndpointSecrets(1, 2));
        while (budget.TryTake(Start, Host(8, 1)))
        {
        }

        Assert.False(budget.TryTake(Start - TimeSpan.FromMinutes(1), Host(8, 1)));
        Assert.False(budget.TryTake(Start, Host(8, 1)));
        Assert.True(budget.TryTake(Start + Interval, Host(8, 1)));
    }

    private static DatagramAddress Host(byte network, byte host) => DatagramAddress.FromIPv4(0x0A00_0000u | ((uint)network << 8) | host, 9);
}
