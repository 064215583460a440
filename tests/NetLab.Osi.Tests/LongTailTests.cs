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
            Assert.Equal("True", media["rtp.marker"]);
            Assert.Equal("256", media["rtp.timestamp"]);
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

    [Fact]
    public void An_ospf_hello_says_who_speaks_and_whom_he_knows()
    {
        byte[] hello =
        [
            2, 1, 0, 48, 10, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            255, 255, 255, 0, 0, 10, 2, 1, 0, 0, 0, 40, 10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 3,
        ];
        FieldList fields = Decode(Ip(89, hello));
        Assert.Equal(("1", "0.0.0.7", "10"), (fields["ospf.message"], fields["ospf.area"], fields["ospf.hello_interval"]));
        Assert.Equal(("10.0.0.1", "10.0.0.2"), (fields["ospf.designated"], fields["ospf.backup"]));
        Assert.Equal(["10.0.0.1", "10.0.0.3"], fields.All.Where(f => f.Name == "ospf.router").Select(f => f.Value));
        hello[1] = 5;
        fields = Decode(Ip(89, hello));
        Assert.Equal(("5", "0.0.0.7", null), (fields["ospf.message"], fields["ospf.area"], fields["ospf.hello_interval"]));
        hello[3] = 200;
        Assert.Equal(Model.DecodeStopReason.BadLength, StopOf(Ip(89, hello))?.Reason);
    }

    private static byte[] Udp(IPEndPoint from, IPEndPoint to, byte[] payload) => PacketBuilder.Udp(from, to, payload, sent: true);

    private static byte[] Ip(byte protocol, byte[] payload)
    {
        byte[] frame = new byte[34 + payload.Length];
        frame[12] = 8;
        frame[14] = 0x45;
        frame[17] = (byte)(20 + payload.Length);
        frame[22] = 1;
        frame[23] = protocol;
        frame[26] = frame[30] = 10;
        payload.CopyTo(frame, 34);
        return frame;
    }

    private FieldList Decode(byte[] frame)
    {
        var fields = new FieldList();
        PacketDecoder.Describe(frame, Decoded(frame), fields);
        return fields;
    }

    private Model.DecodeStop? StopOf(byte[] frame) => Decoded(frame).Stop;

    private DecodedPacket Decoded(byte[] frame)
    {
        var decoded = new DecodedPacket();
        _decoder.Decode(new CapturedPacket(++_packets, _source, _packets * 1000, frame.Length, frame), decoded);
        return decoded;
    }
}
