using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests;

/// <summary>The verbs that read a capture, run as their users run them.</summary>
public sealed class CaptureVerbTests
{
    private static readonly string Http = Path.Combine(Folders.Captures, "http-as-tcp.pcapng");

    [Fact]
    public async Task Follow_gives_either_direction_and_both()
    {
        Nlab.Ended client = await Nlab.Run("follow", Http, "0", "--direction", "a");
        Assert.Equal(0, client.ExitCode);
        Assert.StartsWith("GET /greeting?name=lab HTTP/1.1", client.Output, StringComparison.Ordinal);
        Nlab.Ended server = await Nlab.Run("follow", Http, "tcp:0", "--direction", "b");
        Assert.StartsWith("HTTP/1.1 200 OK", server.Output, StringComparison.Ordinal);
        Nlab.Ended both = await Nlab.Run("follow", Http, "0");
        Assert.Equal(client.Output.Length + server.Output.Length, both.Output.Length);
    }

    [Fact]
    public async Task Follow_gives_a_udp_flow()
    {
        Nlab.Ended flow = await Nlab.Run("follow", Path.Combine(Folders.Captures, "dns.pcapng"), "udp:0");
        Assert.Equal(0, flow.ExitCode);
        Assert.Contains("example", flow.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", 1, "there is no stream tcp 7")]
    [InlineData("seven", 2, "'seven'")]
    [InlineData("udp:tcp:0", 2, "'udp:tcp:0'")]
    public async Task Follow_says_what_is_wrong(string stream, int exit, string why)
    {
        Nlab.Ended ended = await Nlab.Run("follow", Http, stream);
        Assert.Equal(exit, ended.ExitCode);
        Assert.Contains(why, ended.Errors, StringComparison.Ordinal);
        Assert.Single(ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Flow_draws_a_ladder_with_what_was_sent_again()
    {
        string recording = Path.Combine(Folders.Captures, "lost-segments-as-tcp.pcapng");
        Nlab.Ended ladder = await Nlab.Run("flow", recording);
        Assert.Equal(0, ladder.ExitCode);
        Assert.Contains("SYN seq=0", ladder.Output, StringComparison.Ordinal);
        Assert.Contains("retransmission", ladder.Output, StringComparison.Ordinal);
        Assert.Contains("quiet", ladder.Output, StringComparison.Ordinal);
        string svg = Path.Combine(Directory.CreateTempSubdirectory("nlab-flow-").FullName, "flow.svg");
        Assert.Equal(0, (await Nlab.Run("flow", recording, "--stream", "0", "--svg", svg)).ExitCode);
        var drawing = System.Xml.Linq.XDocument.Load(svg);
        Assert.Contains(drawing.Descendants(), e => e.Name.LocalName == "line" && e.Attribute("class")?.Value == "odd");
    }

    [Fact]
    public async Task Stats_add_up()
    {
        Nlab.Ended stats = await Nlab.Run("stats", Http, "--json");
        Assert.Equal(0, stats.ExitCode);
        using var document = JsonDocument.Parse(stats.Output);
        JsonElement root = document.RootElement;
        long headers = root.GetProperty("layers").EnumerateArray().Sum(l => l.GetProperty("header_bytes").GetInt64());
        Assert.Equal(root.GetProperty("captured_bytes").GetInt64(), headers + root.GetProperty("payload_bytes").GetInt64());
        Assert.Equal(root.GetProperty("packets").GetInt64(), root.GetProperty("protocols").GetProperty("packets").GetInt64());
        JsonElement conversation = Assert.Single(root.GetProperty("conversations").EnumerateArray());
        Assert.Equal("http", conversation.GetProperty("applications").GetString());
        Nlab.Ended tables = await Nlab.Run("stats", Http);
        Assert.Contains("tcp 0", tables.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_tables_are_sorted_counted_and_filtered()
    {
        string recording = Path.Combine(Folders.Captures, "lost-segments.pcapng");
        string[] all = (await Nlab.Run("stats", recording, "--conversations", "udp", "--sort", "packets", "--csv")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("kind,first,second,packets,bytes,packets_sent,bytes_sent,packets_received,bytes_received,start,duration", all[0]);
        long[] packets = [.. all[1..].Select(l => long.Parse(l.Split(',')[3], CultureInfo.InvariantCulture))];
        Assert.Equal(packets.OrderDescending(), packets);
        Assert.Equal(136, packets.Sum());

        Nlab.Ended top = await Nlab.Run("stats", recording, "--conversations", "udp", "--top", "1", "--csv");
        Assert.Equal(2, top.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        using var document = JsonDocument.Parse((await Nlab.Run("stats", recording, "--endpoints", "--per", "500ms", "--filter", "tcp.flags.syn == 1", "--json")).Output);
        JsonElement root = document.RootElement;
        long chosen = root.GetProperty("packets").GetInt64();
        Assert.InRange(chosen, 1, 100);
        Assert.Equal(chosen, root.GetProperty("intervals").EnumerateArray().Sum(i => i.GetProperty("packets").GetInt64()));
        Assert.Equal("127.0.0.1", Assert.Single(root.GetProperty("endpoints").EnumerateArray()).GetProperty("first").GetString());
    }

    [Fact]
    public async Task What_a_pipe_brings_is_shown_when_it_comes_and_nothing_of_it_is_lost_at_an_interrupt()
    {
        byte[] capture = File.ReadAllBytes(Path.Combine(Folders.Captures, "udp-flow.pcapng"));
        using Nlab nlab = Nlab.Start(null, "decode", "-", "--summary");
        nlab.Input.BaseStream.Write(capture.AsSpan(0, capture.Length / 2));
        nlab.Input.BaseStream.Flush();
        await nlab.Printed("     3 ");

        // As tcpdump does, which gets the same interrupt: it writes the rest. The input stays open, so that the interrupt alone ends it and
        // is not overtaken by the end of the input.
        string whole = (await Nlab.Run("decode", Path.Combine(Folders.Captures, "udp-flow.pcapng"), "--summary")).Output;
        nlab.Interrupt();
        nlab.Input.BaseStream.Write(capture.AsSpan(capture.Length / 2));
        nlab.Input.BaseStream.Flush();
        await nlab.Printed(whole.TrimEnd('\n').Split('\n')[^1]);
        Nlab.Ended ended = await nlab.End();
        Assert.Equal(130, ended.ExitCode);
        Assert.Equal(whole, ended.Output);
    }

    [Fact]
    public async Task Compressed_captures_decode_like_plain_ones()
    {
        string folder = Directory.CreateTempSubdirectory("nlab-compressed-").FullName;
        string packed = Path.Combine(folder, "http.pcapng.gz");
        await using (FileStream to = File.Create(packed))
        await using (var gzip = new GZipStream(to, CompressionLevel.Optimal))
        {
            gzip.Write(File.ReadAllBytes(Http));
        }

        Nlab.Ended plain = await Nlab.Run("decode", Http, "--json");
        Nlab.Ended unpacked = await Nlab.Run("decode", packed, "--json");
        Assert.Equal(plain.Output, unpacked.Output);

        // Cut in the middle: what could be read, one line, exit 1.
        byte[] bytes = File.ReadAllBytes(packed);
        File.WriteAllBytes(packed, bytes[..(bytes.Length / 2)]);
        Nlab.Ended cut = await Nlab.Run("decode", packed, "--json");
        Assert.Equal(1, cut.ExitCode);
        Assert.Single(cut.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Hex_shows_every_byte()
    {
        Nlab.Ended hex = await Nlab.Run("decode", Http, "--packet", "1", "--hex");
        Assert.Equal(0, hex.ExitCode);
        Assert.Contains("0000  02 6e 6c 61 62 02", hex.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_no_interface_or_a_missing_libpcap_is_one_line()
    {
        Nlab.Ended ended = await Nlab.Run("capture", "no-such-interface");
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Single(ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
