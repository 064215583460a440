using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Host.Plots;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Host.Tests.Experiments;

/// <summary>What lessons are built on: flows, what they write, and their ladder.</summary>
public sealed class LabFlowTests
{
    [Fact]
    public void Zeros_of_which_no_copy_is_kept_arrive_as_what_is_written_before_and_behind_them()
    {
        (LabNetwork network, LabFlow flow) = Open("delay=5ms,loss=2%");
        SimulatedStream? server = null;
        flow.OnAccepted = accepted => (server = accepted).KeepsReceived = true;
        flow.Client.WriteZeros(300_000);
        network.RunUntil(TimeSpan.FromMilliseconds(60));
        long acknowledged = flow.Client.Acknowledged;
        Assert.InRange(acknowledged, 1, 299_999);

        // Bytes behind zeros of which some are on their way; then zeros behind bytes; then zeros alone again.
        flow.Client.Write([1, 2, 3]);
        flow.Client.WriteZeros(100_000);
        Assert.True(network.RunUntil(() => flow.Client.Acknowledged == 400_003, TimeSpan.FromSeconds(30)));
        flow.Client.WriteZeros(50_000);
        Assert.True(network.RunUntil(() => flow.Client.Acknowledged == 450_003, TimeSpan.FromSeconds(60)));
        byte[] expected = new byte[450_003];
        new byte[] { 1, 2, 3 }.CopyTo(expected, 300_000);
        Assert.True(expected.AsSpan().SequenceEqual(server!.Received.ToArray()));
    }

    [Fact]
    public void A_ladder_falls_by_the_delay_and_ends_halfway_where_a_segment_is_lost()
    {
        (LabNetwork network, LabFlow flow) = Open("delay=20ms,down.drop=SYN_ACK#1");
        network.RunUntil(TimeSpan.FromSeconds(2));
        var arrows = (ArrowLayer)LadderChart.Of(flow).Layers.Single();
        Assert.All(arrows.Arrows, arrow => Assert.True(arrow.To.Y > arrow.From.Y));
        Assert.Equal("SYN_ACK seq=0 ack=1", Assert.Single(arrows.Arrows, a => a.IsLost).Label);
        Assert.Equal(0, arrows.Arrows[0].From.X);
        Assert.Contains("sent at 0 ms, arrived at 20 ms", arrows.Arrows[0].Description, StringComparison.Ordinal);
        Assert.Contains(arrows.Arrows, a => a is { StandsOut: true, Label: "SYN seq=0 (again)" });
    }

    [Fact]
    public void A_header_is_read_without_its_payload_and_nonsense_is_not()
    {
        byte[] datagram = new byte[SegmentHeader.MinSize + 100];
        SegmentWriter.Write(datagram, new SegmentHeader { SourcePort = 5, DestinationPort = 6, Sequence = new SequenceNumber(7), Flags = SegmentFlags.Ack, Window = 8 });
        Assert.True(SegmentReader.TryReadHeader(datagram.AsSpan(0, SegmentHeader.MinSize), out SegmentHeader header));
        Assert.Equal((5, 6, 7u, 8), (header.SourcePort, header.DestinationPort, header.Sequence.Value, header.Window));
        Assert.False(SegmentReader.TryReadHeader(datagram.AsSpan(0, SegmentHeader.MinSize - 1), out _));
        datagram[12] = 0xF0;
        Assert.False(SegmentReader.TryReadHeader(datagram.AsSpan(0, 40), out _));
        datagram[12] = 0x10;
        Assert.False(SegmentReader.TryReadHeader(datagram, out _));
    }

    private static (LabNetwork Network, LabFlow Flow) Open(string link)
    {
        var network = new LabNetwork(11, null, CancellationToken.None);
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        network.Connect(client, server, link);
        return (network, network.Tcp(client, server));
    }
}
