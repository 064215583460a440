using NetLab.Tcp.Connections;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections;

public sealed class ChallengeLimitTests
{
    [Fact]
    [Conformance(56)]
    public void One_answer_is_given_an_interval_and_asking_costs_nothing()
    {
        var limit = new ChallengeLimit(TimeSpan.FromMilliseconds(500));
        Instant start = Instant.FromOrigin(TimeSpan.FromHours(1));
        int given = 0;
        for (int ms = 0; ms < 10_000; ms++)
        {
            Instant now = start + TimeSpan.FromMilliseconds(ms);
            bool allowed = limit.Allows(now);
            Assert.Equal(allowed, limit.Allows(now));
            Assert.Equal(allowed, limit.TryTake(now));
            given += allowed ? 1 : 0;
        }

        Assert.Equal(20, given);
    }

    [Fact]
    public void An_interval_of_zero_is_no_limit()
    {
        var limit = new ChallengeLimit(TimeSpan.Zero);
        Assert.True(limit.TryTake(Instant.Zero) && limit.TryTake(Instant.Zero));
    }
}
