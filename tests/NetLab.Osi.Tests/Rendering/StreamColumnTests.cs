using System.Buffers.Binary;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests.Rendering;

/// <summary>Columns of what streams carry, and of frames in files that hold more than packets: as Wireshark has them.</summary>
public sealed class StreamColumnTests
{
    // TPKT, COTP data, and a job of S7 that asks for a function.
    private static byte[] Job(byte reference) => [3, 0, 0, 19, 2, 0xF0, 0x80, 0x32, 1, 0, 0, 0, reference, 0, 2, 0, 0, 0x28, 0];

    [Fact]
    public void A_line_that_two_segments_share_is_two_messages_in_columns_and_one_in_json()
    {
        TcpTalk talk = new TcpTalk(6667).Show("irc.response.command", "irc.response.num_command", "irc.response.trailer").Client("NICK me\r\n")
            .Server(":srv 001 me :Welcome\r\n:srv 26").Server("6 me :Users\r\n");
        Assert.Equal(["||", "1,26|1|Welcome", "6||Users"], talk.Rows);
        Assert.Contains("irc.number=266", talk.Fields);
        Assert.Contains("irc.text=Users", talk.Fields);
    }

    [Fact]
    public void A_request_that_two_segments_share_is_read_once_in_each()
    {
        TcpTalk talk = new TcpTalk(6667).Show("irc.request", "irc.request.command").Client("NICK a\r\nUSER b").Client(" 0 * :me\r\nJOIN #c\r\n").Client("QUIT\r\n");
        Assert.Equal(["NICK a,USER b|NICK,USER", "0 * :me,JOIN #c|0,JOIN", "QUIT|QUIT"], talk.Rows);
    }

    [Fact]
    public void A_mail_of_imap_is_shown_where_the_response_ends()
    {
        TcpTalk talk = new TcpTalk(143).Show("imf.from").Client("a FETCH 1 BODY[]\r\n").Server("* 1 FETCH (BODY[] {21}\r\nFrom: d@example.org\r\n").Server(")\r\na OK done\r\n");
        Assert.Equal(["", "", "d@example.org"], talk.Rows);
    }

    [Fact]
    public void Columns_end_at_a_hole_and_the_tree_goes_on_behind_it()
    {
        TcpTalk talk = new TcpTalk(102).Show("tpkt.length", "s7comm.header.pduref").ClientSyn().ServerSyn(0)
            .Client(Job(1)).Server(Job(2)).ServerLost(40).ClientAck().Server(Job(3)).Client(Job(4));
        Assert.Equal(["|", "|", "19|1", "19|2", "|", "|", "19|4"], talk.Rows);
        Assert.Contains("s7comm.reference=3", talk.Fields);
    }

    [Fact]
    public void Columns_end_at_a_hole_in_dialogs_too()
    {
        TcpTalk talk = new TcpTalk(25).Show("smtp.response.code").Server("220 hi\r\n").ServerLost(10).ClientAck().Server("251 forwarded\r\n").ClientAck();
        Assert.Equal(["220", "", "", ""], talk.Rows);
        Assert.Contains("smtp.codes=251", talk.Fields);
    }

    [Fact]
    public void Columns_end_where_a_syn_begins_a_direction_once_more()
    {
        TcpTalk talk = new TcpTalk(25).Show("smtp.response.code").ClientSyn().ServerSyn(0).Server("220 hi\r\n").ServerSyn(-1).Server("250 ok\r\n");
        Assert.Equal(["", "", "220", "", ""], talk.Rows);
        Assert.Contains("smtp.codes=250", talk.Fields);
    }

    [Fact]
    public void The_headers_of_mails_in_a_mail_stand_behind_its_own()
    {
        const string Inner = "Content-Type: message/rfc822\r\n\r\nFrom: b@example.org\r\nSubject: inner\r\n\r\nx\r\n";
        const string Coded = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nFrom: c@example.org\r\n\r\n";
        TcpTalk talk = new TcpTalk(25).Show("imf.from", "imf.subject", "imf.content.type").Client("DATA\r\n").Server("354 go\r\n").Client(
            "From: a@example.org\r\nSubject: outer\r\nContent-Type: multipart/mixed; boundary=xy\r\n\r\n--xy\r\n" + Inner + "--xy\r\n" + Coded + "--xy\r\n"
            + "Content-Type: multipart/mixed;\r\n boundary=\"in\"\r\n\r\n--in\r\n" + Inner + "--in--\r\n--xy\r\n" + Inner + ".\r\n");
        Assert.Equal("a@example.org,b@example.org,b@example.org|outer,inner,inner|multipart/mixed; boundary=xy", talk.Rows[^1]);
        Assert.Contains("imf.from=a@example.org", talk.Fields);
        Assert.DoesNotContain("imf.from=b@example.org", talk.Fields);
    }

    [Fact]
    public void A_line_of_telnet_ends_at_cr_nul_and_goes_on_over_an_escaped_255()
    {
        TcpTalk talk = new TcpTalk(23).Show("telnet.cmd", "telnet.data").Client("a\r\0b\r\0").Client("\r\r\nx\ry").Client("a\0b").Client("a\u00FF\u00FFb\u00FF\u00F9");
        Assert.Equal([@"|a\r,b\r", @"|\r\r\n,x\ry", @"|a\x00b", "249|a\uFFFD\uFFFDb"], talk.Rows);
    }

    [Fact]
    public void Custom_blocks_of_pcapng_are_counted_by_the_number_that_wireshark_has_and_by_no_other()
    {
        byte[] file = [.. Block(0x0A0D0D0A, [0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]), .. Block(1, [1, 0, 0, 0, 0, 0, 0, 0]),
            .. Block(0xBAD, [1, 0, 0, 0]), .. Block(3, [4, 0, 0, 0, 1, 2, 3, 4]), .. Block(0x40000BAD, [1, 0, 0, 0, 9, 9, 9, 9]), .. Block(3, [4, 0, 0, 0, 1, 2, 3, 4])];
        using var reader = CaptureReader.Open(new MemoryStream(file));
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        List<(long Number, long Frame)> numbers = [];
        while (reader.TryRead(out CapturedPacket packet))
        {
            decoder.Decode(packet, decoded);
            numbers.Add((decoded.Number, decoded.FrameNumber));
        }

        Assert.Equal([(1, 2), (2, 4)], numbers);
    }

    private static byte[] Block(uint type, byte[] body)
    {
        byte[] block = new byte[12 + body.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(block, type);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(4), block.Length);
        body.CopyTo(block, 8);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(block.Length - 4), block.Length);
        return block;
    }
}
