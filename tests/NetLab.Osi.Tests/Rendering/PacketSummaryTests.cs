using System.Net;
using System.Text;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Osi.Tests.Rendering;

/// <summary>A line says what a packet is about: lengths as on the wire, windows in bytes, the name asked for, marks of what is wrong.</summary>
public class PacketSummaryTests
{
    private static readonly IPEndPoint Client = new(IPAddress.Parse("192.0.2.1"), 40_000);
    private static readonly IPEndPoint Server = new(IPAddress.Parse("198.51.100.2"), 80);

    private readonly CaptureInterface _source = new(1, 0);
    private readonly PacketDecoder _decoder = new();
    private readonly DecodedPacket _decoded = new();
    private readonly PacketSummary _summary = new();
    private long _number;

    [Fact]
    public void A_segment_that_was_cut_has_its_length_on_the_wire()
    {
        byte[] frame = PacketBuilder.Tcp(Client, Server, [.. Header(1, 1, 0x10, 500), .. new byte[542]], sent: true);
        string line = Line(frame[..^500], frame.Length);
        Assert.Contains(" len=542", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_are_in_bytes_once_the_scale_is_known()
    {
        byte[] scale = [3, 3, 7, 0];
        Line(PacketBuilder.Tcp(Client, Server, [.. Header(0, 0, 0x02, 1000, scale)], sent: true));
        string answer = Line(PacketBuilder.Tcp(Server, Client, [.. Header(0, 1, 0x12, 1000, scale)], sent: false));
        Assert.Contains(" win=1000 ", answer, StringComparison.Ordinal);
        string third = Line(PacketBuilder.Tcp(Client, Server, [.. Header(1, 1, 0x10, 1000)], sent: true));
        Assert.Contains(" win=128000 ", third, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_and_a_request_say_what_they_ask_for()
    {
        byte[] question = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, .. "www"u8, 7, .. "example"u8, 3, .. "com"u8, 0, 0, 1, 0, 1];
        Assert.EndsWith("dns  www.example.com A", Line(PacketBuilder.Udp(Client, new IPEndPoint(Server.Address, 53), question, sent: true)), StringComparison.Ordinal);
        byte[] request = Encoding.ASCII.GetBytes("GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.EndsWith("  GET /index.html", Line(PacketBuilder.Tcp(Client, Server, [.. Header(1, 1, 0x18, 1000), .. request], sent: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_terminal_obeys_is_an_escape()
    {
        byte[] request = Encoding.UTF8.GetBytes("GET /\e[31m\u202Eevil\u200B HTTP/1.1\r\nHost: a\r\n\r\n");
        string line = Line(PacketBuilder.Tcp(Client, Server, [.. Header(1, 1, 0x18, 1000), .. request], sent: true));
        Assert.Contains(@"\x1b[31m\u202eevil\u200b", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, c => c is '\e' or '\u202E' or '\u200B');
    }

    [Fact]
    public void Layers_and_marks_have_colors_where_they_are_wanted()
    {
        _summary.Color = static layer => layer is { } known ? $"<{(int)known}>" : "</>";
        _summary.MarkColor = "<!>";
        byte[] segment = [.. Header(1, 1, 0x18, 1000), .. new byte[5]];
        Line(PacketBuilder.Tcp(Client, Server, segment, sent: true));
        string again = Line(PacketBuilder.Tcp(Client, Server, segment, sent: true));
        Assert.Contains("<2>eth</>/<3>ip</>/<4>tcp</>", again, StringComparison.Ordinal);
        Assert.Contains("<!> retransmission</>", again, StringComparison.Ordinal);
        Assert.Equal(Count(again, "</>"), Count(again, "<2>") + Count(again, "<3>") + Count(again, "<4>") + Count(again, "<!>") + Count(again, "<7>"));

        static int Count(string text, string part) => text.Split(part).Length - 1;
    }

    private static byte[] Header(uint sequence, uint acknowledgment, byte flags, ushort window, params byte[] options) =>
    [
        (byte)(Client.Port >> 8), (byte)Client.Port, 0, 80, (byte)(sequence >> 24), (byte)(sequence >> 16), (byte)(sequence >> 8), (byte)sequence,
        (byte)(acknowledgment >> 24), (byte)(acknowledgment >> 16), (byte)(acknowledgment >> 8), (byte)acknowledgment,
        (byte)((20 + options.Length) << 2), flags, (byte)(window >> 8), (byte)window, 0, 0, 0, 0, .. options,
    ];

    private string Line(byte[] frame, int? original = null)
    {
        _decoder.Decode(new CapturedPacket(++_number, _source, _number * 1000, original ?? frame.Length, frame), _decoded);
        return _summary.Line(_decoded, frame);
    }
}
