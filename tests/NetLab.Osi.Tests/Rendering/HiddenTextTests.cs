using System.Net;
using System.Text;
using System.Text.Json;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;
using NetLab.Osi.Text;

namespace NetLab.Osi.Tests.Rendering;

/// <summary>What a terminal obeys, turns around or does not show is an escape in every output, whoever put it into a packet.</summary>
public class HiddenTextTests
{
    // Escape, override of direction, zero width, C1 control, line separator, a tag character beyond 16 bits.
    private const string Hidden = "\e[2J\u202E\u200B\u009B\u2028\U000E0041";

    private static readonly byte[] Frame = PacketBuilder.Tcp(
        new IPEndPoint(IPAddress.Parse("192.0.2.1"), 40_000), new IPEndPoint(IPAddress.Parse("198.51.100.2"), 80),
        [0x9C, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x18, 0xFF, 0xFF, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes($"GET /a HTTP/1.1\r\nHost: {Hidden}é😀\r\n\r\n")], sent: true);

    private readonly DecodedPacket _decoded = new();
    private readonly PacketDecoder _decoder = new();

    public HiddenTextTests() => _decoder.Decode(new CapturedPacket(1, new CaptureInterface(1, 0), 0, Frame.Length, Frame), _decoded);

    [Fact]
    public void Json_has_the_same_value_and_none_of_them()
    {
        using var output = new MemoryStream();
        using (var json = new JsonLines(output))
        {
            json.Begin(_decoded);
            PacketDecoder.Describe(Frame, _decoded, json);
            json.End(_decoded);
            json.Flush();
        }

        string line = Encoding.UTF8.GetString(output.ToArray());
        AssertVisible(line);
        Assert.Contains(@"\u202e\u200b", line, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(line);
        Assert.Contains(Hidden, AllTexts(document.RootElement).Single(t => t.EndsWith("é😀", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Trees_and_columns_have_none_of_them()
    {
        var tree = new StringWriter();
        var renderer = new PacketTree(tree);
        renderer.Begin(_decoded);
        PacketDecoder.Describe(Frame, _decoded, renderer);
        renderer.End(_decoded);
        AssertVisible(tree.ToString());
        Assert.Contains(@"\x1b[2J\u202e\u200b\u009b\u2028\U000e0041", tree.ToString(), StringComparison.Ordinal);

        Assert.True(BuiltInProtocols.Registry.TryFindField("http.host", out Field? host));
        foreach (ColumnFormat format in Enum.GetValues<ColumnFormat>())
        {
            using var output = new MemoryStream();
            var table = new ColumnTable(output, [host], format);
            table.Write(_decoded, Frame);
            table.Flush();
            AssertVisible(Encoding.UTF8.GetString(output.ToArray()));
        }
    }

    [Theory]
    [InlineData("plain é 😀", "plain é 😀")]
    [InlineData(@"a\b", @"a\b")]
    [InlineData("a\tb", @"a\tb")]
    [InlineData("\U000E0001", @"\U000e0001")]
    [InlineData("\uFEFFx", @"\ufeffx")]
    public void A_text_is_shown_as_what_it_is(string text, string shown) => Assert.Equal(shown, VisibleText.Of(text));

    private static void AssertVisible(string text) => Assert.DoesNotContain(text.EnumerateRunes(), r => r.Value != '\n' && r.Value != '\r' && r.Value != '\t'
        && Rune.GetUnicodeCategory(r) is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.LineSeparator);

    private static IEnumerable<string> AllTexts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => AllTexts(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(AllTexts),
        JsonValueKind.String => [element.GetString()!],
        _ => [],
    };
}
