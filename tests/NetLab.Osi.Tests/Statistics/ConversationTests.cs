using System.Net;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Statistics;

namespace NetLab.Osi.Tests.Statistics;

/// <summary>Sums of conversations stay right however many there are, and tables count what passed.</summary>
public class ConversationTests
{
    private const int Flows = 40_000;

    private static readonly IPEndPoint Server = new(IPAddress.Parse("198.51.100.1"), 7);
    private readonly CaptureInterface _source = new(1, 0);

    [Fact]
    public void More_udp_conversations_than_a_decoder_remembers_are_all_counted()
    {
        var statistics = new CaptureStatistics { Top = 3 };
        var decoder = new PacketDecoder(statistics.Observing(new DecoderOptions()));
        var decoded = new DecodedPacket();
        long number = 0;
        for (int round = 0; round < 2; round++)
        {
            // The first conversation sends most, before and after the decoder has forgotten it.
            for (int flow = 0; flow < Flows; flow++)
            {
                Add(PacketBuilder.Udp(Client(flow), Server, new byte[flow == 0 ? 900 : 20], sent: true));
            }
        }

        IReadOnlyList<Conversation> largest = statistics.Conversations(decoder, out int count);
        Assert.Equal(Flows, count);
        Assert.Equal(0, statistics.ConversationsLeftOut);
        Assert.Equal(3, largest.Count);
        Assert.Equal(Client(0).ToString(), largest[0].First);
        Assert.Equal(2, largest[0].PacketsSent);
        Assert.Equal(2 * (14 + 20 + 8 + 900), largest[0].BytesSent);
        Assert.Equal(2, largest[1].PacketsSent);

        void Add(byte[] frame)
        {
            var packet = new CapturedPacket(++number, _source, number, frame.Length, frame);
            decoder.Decode(packet, decoded);
            statistics.Add(packet, decoded);
        }
    }

    [Fact]
    public void More_tcp_streams_than_a_decoder_remembers_are_all_counted()
    {
        const int Streams = 45_000;
        var statistics = new CaptureStatistics { Top = 2 };
        var decoder = new PacketDecoder(statistics.Observing(new DecoderOptions { HashStreams = false }));
        var decoded = new DecodedPacket();
        for (int stream = 0; stream < Streams; stream++)
        {
            byte[] segment = [.. Segment(Client(stream).Port), .. new byte[stream == 5 ? 700 : 1]];
            byte[] frame = PacketBuilder.Tcp(Client(stream), Server, segment, sent: true);
            decoder.Decode(new CapturedPacket(stream + 1, _source, stream, frame.Length, frame), decoded);
        }

        IReadOnlyList<Conversation> largest = statistics.Conversations(decoder, out int count);
        Assert.Equal(Streams, count);
        Assert.Equal(5, largest[0].Number);
        Assert.True(largest[0].Bytes > largest[1].Bytes);
    }

    [Fact]
    public void A_table_counts_both_directions_and_each_end()
    {
        var conversations = new TrafficTable(TrafficKind.Udp, ends: false);
        var ends = new TrafficTable(TrafficKind.Ip, ends: true);
        var hardware = new TrafficTable(TrafficKind.Ethernet, ends: false);
        var intervals = new IntervalCounts(1_000_000_000);
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        long number = 0;
        Add(0, PacketBuilder.Udp(Client(1), Server, new byte[100], sent: true));
        Add(500_000_000, PacketBuilder.Udp(Server, Client(1), new byte[10], sent: false));
        Add(3_250_000_000, PacketBuilder.Udp(Client(2), Server, new byte[50], sent: true));

        Traffic first = conversations.Rows(TrafficOrder.Bytes)[0];
        Assert.Equal((Client(1).ToString(), Server.ToString()), (first.First, first.Second));
        Assert.Equal((1, 142, 1, 52), (first.PacketsSent, first.BytesSent, first.PacketsReceived, first.BytesReceived));
        Assert.Equal((0.0, 0.5), (first.Start!.Value, first.Duration));
        Assert.Equal(Client(2).ToString(), conversations.Rows(TrafficOrder.Start)[1].First);

        // Both clients have one address.
        Assert.Equal(2, ends.Count);
        Traffic server = ends.Rows(TrafficOrder.Received)[0];
        Assert.Equal(Server.Address.ToString(), server.First);
        Assert.Equal((1, 2), (server.PacketsSent, server.PacketsReceived));
        Assert.Equal("eth", Assert.Single(hardware.Rows(TrafficOrder.Bytes)).Kind);

        Assert.Equal([(0.0, 2L), (1, 0), (2, 0), (3, 1)], intervals.All.Select(i => (i.Start, i.Packets)));

        void Add(long time, byte[] frame)
        {
            var packet = new CapturedPacket(++number, _source, time, frame.Length, frame);
            decoder.Decode(packet, decoded);
            conversations.Add(frame, decoded);
            ends.Add(frame, decoded);
            hardware.Add(frame, decoded);
            intervals.Add(decoded);
        }
    }

    [Fact]
    public void A_clock_that_jumps_makes_no_endless_table()
    {
        var intervals = new IntervalCounts(1);
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        byte[] frame = PacketBuilder.Udp(Client(1), Server, new byte[1], sent: true);
        foreach (long time in (ReadOnlySpan<long>)[0, long.MaxValue / 2, 5, long.MinValue / 2])
        {
            decoder.Decode(new CapturedPacket(1, _source, time, frame.Length, frame), decoded);
            intervals.Add(decoded);
        }

        Assert.Equal(4, intervals.All.Sum(i => i.Packets));
        Assert.InRange(intervals.All.Count(), 4, 20);
    }

    private static IPEndPoint Client(int number) => new(IPAddress.Parse("192.0.2.1"), 10_000 + number);

    private static byte[] Segment(int port) => [(byte)(port >> 8), (byte)port, 0, 7, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x10, 0xFF, 0xFF, 0, 0, 0, 0];
}
