using System.Net;
using System.Text;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests;

/// <summary>The long tail of protocols: what PacketDotNet says of them, and where they are found.</summary>
public sealed class LongTailTests
{
    private static readonly IPEndPoint Alice = new(IPAddress.Parse("192.0.2.1"), 5060);
    private static readonly IPEndPoint Bob = new(IPAddress.Parse("192.0.2.2"), 5060);
    private static readonly byte[] Rtp = [0x80, 0x80, 0x12, 0x34, 0, 0, 1, 0, 0xDE, 0xAD, 0xBE, 0xEF, 1, 2, 3, 4];

    private readonly PacketDecoder _decoder = new();
    private readonly CaptureInterface _source = new(1, 0);
    private long _packets;

    [Fact]
    public void Media_go_where_a_call_has_said()
    {
        string offer = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\nm=video 40002 RTP/AVP 96\r\nc=IN IP4 192.0.2.9\r\n";
        FieldList before = Decode(Udp(Bob, new IPEndPoint(Alice.Address, 40_000), Rtp));
        Assert.Null(before["rtp.seq"]);
        Decode(Udp(Alice, Bob, Encoding.ASCII.GetBytes($"INVITE sip:bob@192.0.2.2 SIP/2.0\r\nCall-ID: a\r\nContent-Type: application/sdp\r\nContent-Length: {offer.Length}\r\n\r\n{offer}")));
        foreach ((IPEndPoint from, IPEndPoint to) in ((IPEndPoint, IPEndPoint)[])
            [(new(Bob.Address, 50_000), new(Alice.Address, 40_000)), (new(Alice.Address, 40_000), new(Bob.Address, 50_000)), (new(Bob.Address, 50_002), new(IPAddress.Parse("192.0.2.9"), 40_002))])
        {
            FieldList media = Decode(Udp(from, to, Rtp));
            Assert.Equal("0", media["rtp.payload_type"]);
            Assert.Equal("4660", media["rtp.seq"]);
            Assert.Equal("3735928559", media["rtp.ssrc"]);
        }

        // RTCP on the same port, another port, another address, another version, and more sources than there are bytes.
        Assert.Null(Decode(Udp(new IPEndPoint(Bob.Address, 50_000), new IPEndPoint(Alice.Address, 40_000), [0x80, 200, .. Rtp[2..]]))["rtp.seq"]);
        Assert.Null(Decode(Udp(new IPEndPoint(Bob.Address, 50_000), new IPEndPoint(Alice.Address, 40_004), Rtp))["rtp.seq"]);
        Assert.Null(Decode(Udp(new IPEndPoint(Bob.Address, 50_000), new IPEndPoint(Alice.Address, 40_002), Rtp))["rtp.seq"]);
        Assert.Null(Decode(Udp(new IPEndPoint(Bob.Address, 50_000), new IPEndPoint(Alice.Address, 40_000), [0x40, .. Rtp[1..]]))["rtp.seq"]);
        Assert.Null(Decode(Udp(new IPEndPoint(Bob.Address, 50_000), new IPEndPoint(Alice.Address, 40_000), [0x8F, .. Rtp[1..]]))["rtp.seq"]);
    }

    private static byte[] Udp(IPEndPoint from, IPEndPoint to, byte[] payload) => PacketBuilder.Udp(from, to, payload, sent: true);

    private FieldList Decode(byte[] frame)
    {
        var decoded = new DecodedPacket();
        var fields = new FieldList();
        _decoder.Decode(new CapturedPacket(++_packets, _source, _packets * 1000, frame.Length, frame), decoded);
        PacketDecoder.Describe(frame, decoded, fields);
        return fields;
    }
}
