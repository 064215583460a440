using System.Net;
using NetLab.Host.Demo;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Tcp.Segments;

namespace NetLab.Host.Tests;

/// <summary>A handshake is found whole, whatever its last segment carries and whatever was sent twice.</summary>
public sealed class HandshakeSegmentsTests : IDisposable
{
    private static readonly IPEndPoint Client = new(IPAddress.Loopback, 40_000);
    private static readonly IPEndPoint Server = new(IPAddress.Loopback, 7);

    private readonly MemoryStream _recording = new();
    private readonly PcapngWriter _writer;
    private int _ordinal;

    public HandshakeSegmentsTests()
    {
        _writer = new PcapngWriter(_recording);
        _writer.AddInterface(1, "sender");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(23)]
    public void The_last_segment_may_carry_data(int length)
    {
        Add(sent: true, 100, 0, SegmentFlags.Syn);
        Add(sent: false, 500, 101, SegmentFlags.Syn | SegmentFlags.Ack);
        Add(sent: true, 101, 501, SegmentFlags.Ack, length);
        Add(sent: true, 101 + (uint)length, 501, SegmentFlags.Ack, 10);
        Assert.Equal([1, 2, 3], Found(HandshakeSegments.All));
        Assert.Equal([1], Found(1));
    }

    [Fact]
    public void What_is_sent_again_is_not_shown_again()
    {
        Add(sent: true, 100, 0, SegmentFlags.Syn);
        Add(sent: true, 100, 0, SegmentFlags.Syn);
        Add(sent: false, 500, 101, SegmentFlags.Syn | SegmentFlags.Ack);
        Add(sent: false, 500, 101, SegmentFlags.Syn | SegmentFlags.Ack);
        Add(sent: true, 101, 501, SegmentFlags.Ack);
        Assert.Equal([1, 3, 5], Found(HandshakeSegments.All));
    }

    public void Dispose() => _writer.Dispose();

    private void Add(bool sent, uint sequence, uint acknowledgment, SegmentFlags flags, int length = 0)
    {
        byte[] segment = new byte[SegmentHeader.MinSize + length];
        (IPEndPoint from, IPEndPoint to) = sent ? (Client, Server) : (Server, Client);
        SegmentWriter.Write(segment, new SegmentHeader
        {
            SourcePort = (ushort)from.Port,
            DestinationPort = (ushort)to.Port,
            Sequence = new SequenceNumber(sequence),
            Acknowledgment = new SequenceNumber(acknowledgment),
            Flags = flags,
            Window = 1000,
        });
        _writer.Write(0, DateTimeOffset.UnixEpoch.AddMilliseconds(10 * _ordinal++), PacketBuilder.Tcp(from, to, segment, sent));
    }

    private int[] Found(int most)
    {
        var found = new List<int>();
        var handshake = new HandshakeSegments(most);
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(_recording.ToArray()));
        for (int number = 1; reader.TryRead(out CapturedPacket packet); number++)
        {
            decoder.Decode(packet, decoded);
            if (handshake.IsNext(decoded))
            {
                found.Add(number);
            }
        }

        return [.. found];
    }
}
