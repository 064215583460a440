using NetLab.Host.Experiments.Hunts;

namespace NetLab.Host.Tests.Experiments;

/// <summary>Each fault can be seen in its capture where the answer says, and a conversation without a fault does not show it.</summary>
public sealed class FaultHuntTests
{
    public static TheoryData<string> Kinds { get; } = [.. HiddenFault.All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_fault_is_seen_where_its_answer_says(string kind)
    {
        HiddenFault fault = HiddenFault.All.First(f => f.Name == kind);
        for (ulong seed = 1; seed <= 10; seed++)
        {
            // Whatever number a hunt has, it can be solved.
            byte[] capture = Record(fault, seed);
            Assert.True(FaultHunt.Seen(fault, capture) >= fault.LeastSeen, $"{kind}, seed {seed}: {fault.Filter}");
            Assert.Equal(capture, Record(fault, seed));
        }
    }

    [Theory]
    [InlineData("loss")]
    [InlineData("reorder")]
    [InlineData("corrupt")]
    [InlineData("mtu-hole")]
    [InlineData("late-acks")]
    [InlineData("small-window")]
    public void A_sound_path_shows_nothing_of_it(string kind)
    {
        HiddenFault fault = HiddenFault.All.First(f => f.Name == kind);
        Assert.Equal(0, FaultHunt.Seen(fault, Record(fault with { Link = "delay=20ms,rate=50M,queue=1M", Client = null, LeastSeen = 0 }, 5)));
    }

    [Fact]
    public void Seeds_draw_every_kind() =>
        Assert.Equal(HiddenFault.All.Count, Enumerable.Range(0, 500).Select(seed => HiddenFault.Of((ulong)seed).Name).Distinct().Count());

    private static byte[] Record(HiddenFault fault, ulong seed)
    {
        using var capture = new MemoryStream();
        FaultHunt.Record(fault, seed, capture, CancellationToken.None);
        return capture.ToArray();
    }
}
