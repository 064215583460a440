using System.Net;
using System.Text;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests.Application;

/// <summary>RTP says too little of itself: what messages announce, and what DTLS keys, decides.</summary>
public sealed class MediaAnnouncementTests
{
    private static readonly IPEndPoint Caller = new(IPAddress.Parse("192.0.2.1"), 40_000);
    private static readonly IPEndPoint Called = new(IPAddress.Parse("192.0.2.7"), 40_011);
    private static readonly byte[] Rtp = [0x80, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xAA];
    private static readonly byte[] Rtcp = [0x80, 201, 0, 1, 0, 0, 0, 5];

    private readonly PacketDecoder _decoder = new();
    private long _number;

    [Fact]
    public void A_port_that_is_announced_itself_is_not_taken_for_the_control_port_of_the_one_before()
    {
        Assert.Equal("data", Last(Caller, Called, Rtp));
        Last(new IPEndPoint(Caller.Address, 5060), new IPEndPoint(IPAddress.Parse("192.0.2.9"), 5060), Offer(40_010, 40_011));
        Assert.Equal("rtp", Last(Caller, Called, Rtp));
    }

    [Fact]
    public void What_is_announced_last_of_a_port_does_not_take_back_what_was_said_of_it_first()
    {
        Last(new IPEndPoint(Caller.Address, 5060), new IPEndPoint(IPAddress.Parse("192.0.2.9"), 5060), Offer(40_011, 40_010));
        Assert.Equal("rtp", Last(Caller, Called, Rtp));
    }

    [Fact]
    public void What_an_error_quotes_is_what_was_announced()
    {
        Last(new IPEndPoint(Caller.Address, 5060), new IPEndPoint(IPAddress.Parse("192.0.2.9"), 5060), Offer(40_011));
        Assert.Equal("rtp", Last(Caller, Called, Rtp));
        byte[] datagram = PacketBuilder.Udp(Caller, Called, Rtp, true)[14..];
        byte[] error = [.. PacketBuilder.Udp(Called, Caller, [], false)[..34], 3, 3, 0, 0, 0, 0, 0, 0, .. datagram];
        error[17] = (byte)(error.Length - 14);
        error[23] = 1;
        DecodedPacket decoded = Decode(error);
        Assert.Equal(("rtp", true), (decoded.Entries[^1].Protocol.Name, decoded.Entries[^1].IsQuoted));
    }

    [Fact]
    public void A_DTLS_server_that_takes_up_use_srtp_has_media_beside_the_handshake()
    {
        Assert.Equal("dtls", Last(Called, Caller, ServerHello(extension: 14)));
        Assert.Equal("rtp", Last(Caller, Called, Rtp));
        Assert.Equal("rtcp", Last(Called, Caller, Rtcp));
        Assert.Equal("dtls", Last(Called, Caller, ServerHello(extension: 14)));
    }

    [Fact]
    public void Without_use_srtp_it_has_none()
    {
        Assert.Equal("dtls", Last(Called, Caller, ServerHello(extension: 23)));
        Assert.Equal("data", Last(Caller, Called, Rtp));
    }

    private static byte[] Offer(params int[] ports) => Encoding.ASCII.GetBytes(
        "INVITE sip:a@b SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nc=IN IP4 192.0.2.7\r\n" + string.Concat(ports.Select(p => $"m=audio {p} RTP/AVP 0\r\n")));

    // A record, a message that is whole, and in it version, random, no session, cipher, no compression, one empty extension.
    private static byte[] ServerHello(byte extension)
    {
        byte[] hello = [0xFE, 0xFD, .. new byte[32], 0, 0xC0, 0x2B, 0, 0, 4, 0, extension, 0, 0];
        byte length = (byte)hello.Length;
        byte[] message = [2, 0, 0, length, 0, 0, 0, 0, 0, 0, 0, length, .. hello];
        return [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)message.Length, .. message];
    }

    // The innermost protocol of a datagram.
    private string Last(IPEndPoint from, IPEndPoint to, byte[] payload) => Decode(PacketBuilder.Udp(from, to, payload, from.Equals(Caller))).Entries[^1].Protocol.Name;

    private DecodedPacket Decode(byte[] frame)
    {
        var decoded = new DecodedPacket();
        _decoder.Decode(new CapturedPacket(++_number, new CaptureInterface(1, 0), _number * 1000, frame.Length, frame), decoded);
        return decoded;
    }
}
