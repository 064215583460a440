using NetLab.Host.Experiments.Hunts;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;

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
        byte[] capture = Record(fault, 5);
        Assert.True(Count(capture, fault.Filter) > 0, $"{kind}: {fault.Filter}");
        Assert.Equal(capture, Record(fault, 5));
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
        Assert.Equal(0, Count(Record(fault with { Link = "delay=20ms,rate=50M,queue=1M", Client = null }, 5), fault.Filter));
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

    private static int Count(byte[] capture, string expression)
    {
        DisplayFilter filter = DisplayFilter.Parse(expression);
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(capture));
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        int count = 0;
        while (reader.TryRead(out CapturedPacket packet))
        {
            decoder.Decode(packet, decoded);
            count += filter.Matches(decoded, packet.Bytes) ? 1 : 0;
        }

        return count;
    }
}
