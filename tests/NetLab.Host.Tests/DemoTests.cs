using System.Text.RegularExpressions;

namespace NetLab.Host.Tests;

/// <summary>The main job, run as its users run it.</summary>
public sealed partial class DemoTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-demo-");

    [Fact]
    public async Task The_demo_shows_everything_it_promises()
    {
        Nlab.Ended demo = await Nlab.Run(_folder, "demo", "--seed", "3", "--long");
        Assert.True(demo.ExitCode == 0, demo.Errors);
        foreach (string part in (string[])["seed=3", "echo answers", "a file over tcp", "the same file over udp", "the handshake by OSI layer", "the first retransmission", "equal at both ends"])
        {
            Assert.Contains(part, demo.Output, StringComparison.Ordinal);
        }

        // Three segments whole, each with all seven layers named.
        Assert.Equal(3, HandshakePacket().Count(demo.Output));
        Assert.Equal(3, demo.Output.Split('\n').Count(l => l.StartsWith("  7 application", StringComparison.Ordinal)));
        string folder = Path.Combine(_folder.FullName, "demo-out");
        byte[] sent = await File.ReadAllBytesAsync(Path.Combine(folder, "demo.txt"));
        Assert.Equal(sent, await File.ReadAllBytesAsync(Path.Combine(folder, "received-tcp.bin")));
        Assert.True(File.Exists(Path.Combine(folder, "demo.pcapng")));
    }

    [TsharkFact]
    public async Task Wireshark_agrees_with_what_was_recorded()
    {
        Nlab.Ended demo = await Nlab.Run(_folder, "demo", "--seed", "8", "--link", "delay=10ms,loss=3%");
        Assert.True(demo.ExitCode == 0, demo.Errors);
        long[] retransmitted = [.. Retransmissions().Matches(demo.Output).Select(m => long.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];
        string folder = Path.Combine(_folder.FullName, "demo-out");
        Assert.Empty(await Tshark.Run(Path.Combine(folder, "demo.pcapng"), "-Y", "_ws.malformed"));

        string asTcp = Path.Combine(folder, "demo-as-tcp.pcapng");
        string[] check = ["-o", "tcp.check_checksum:TRUE"];
        Assert.Empty(await Tshark.Run(asTcp, [.. check, "-Y", "tcp.checksum.status == 0 || ip.checksum.status == 0 || _ws.malformed"]));

        // SYN, SYN/ACK, ACK, data, FIN both ways: a complete conversation.
        string[] flags = await Tshark.Run(asTcp, "-T", "fields", "-e", "tcp.flags.str");
        Assert.Contains("S", flags[0], StringComparison.Ordinal);
        Assert.Contains(flags, f => f.Contains('A', StringComparison.Ordinal) && f.Contains('S', StringComparison.Ordinal));
        Assert.Equal(2, (await Tshark.Run(asTcp, "-Y", "tcp.flags.fin == 1 && !tcp.analysis.retransmission", "-T", "fields", "-e", "tcp.srcport")).Distinct().Count());

        // What either end sent again is what Wireshark flags; the second hole of a window it calls out of order.
        string[] flagged = await Tshark.Run(asTcp, "-Y", "tcp.analysis.retransmission || tcp.analysis.out_of_order");
        Assert.Equal(2, retransmitted.Length);
        Assert.True(retransmitted[0] > 0);
        Assert.True(retransmitted.Sum() == flagged.Length, $"sent again: {string.Join(" and ", retransmitted)}, flagged:\n{string.Join('\n', flagged)}");
    }

    [Fact]
    public async Task A_demo_without_losses_retransmits_nothing()
    {
        // A tail loss probe goes out after two round trips without an answer: they must be longer than a busy machine may
        // keep the link's thread waiting.
        Nlab.Ended demo = await Nlab.Run(_folder, "demo", "--link", "delay=200ms");
        Assert.True(demo.ExitCode == 0, demo.Errors);
        Assert.Contains("no data was sent twice", demo.Output, StringComparison.Ordinal);
        Assert.Contains("retransmissions: 0", demo.Output, StringComparison.Ordinal);

        // Both ends are in the qlog, and neither lost anything.
        string[] records = [.. (await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "demo-out", "demo.qlog"))).Split('\x1E').Skip(1)];
        Assert.All(records, r => System.Text.Json.JsonDocument.Parse(r).Dispose());
        Assert.Contains(records, r => r.Contains("transport:packet_sent", StringComparison.Ordinal) && r.Contains("1:client:", StringComparison.Ordinal));
        Assert.Contains(records, r => r.Contains("transport:packet_received", StringComparison.Ordinal) && r.Contains("2:server:", StringComparison.Ordinal));
        Assert.DoesNotContain(records, r => r.Contains("recovery:packet_lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_link_that_passes_nothing_is_named_as_what_was_waited_for()
    {
        Nlab.Ended demo = await Nlab.Run(_folder, "demo", "--link", "loss=100%");
        Assert.Equal(1, demo.ExitCode);
        string last = demo.Errors.TrimEnd().Split('\n')[^1];
        Assert.StartsWith("nlab: the transfer over tcp has not come to its end", last, StringComparison.Ordinal);
        Assert.Contains("loss=100%", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decode_reads_what_the_demo_wrote_in_every_form()
    {
        string capture = Path.Combine(AppContext.BaseDirectory, "lost-segments.pcapng");
        Nlab.Ended summary = await Nlab.Run("decode", capture, "--summary", "-n", "3");
        Assert.Equal((0, 3), (summary.ExitCode, summary.Output.TrimEnd().Split('\n').Length));
        Nlab.Ended tree = await Nlab.Run("decode", capture, "--packet", "2", "--hex", "--layer", "4");
        Assert.Contains("packet 2 ", tree.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("3 network", tree.Output, StringComparison.Ordinal);
        Assert.Contains("      0000  ", tree.Output, StringComparison.Ordinal);
        Nlab.Ended json = await Nlab.Run("decode", capture, "--json");
        Assert.All(json.Output.TrimEnd().Split('\n'), line => System.Text.Json.JsonDocument.Parse(line).Dispose());

        byte[] cut = (await File.ReadAllBytesAsync(capture))[..1001];
        string half = Path.Combine(_folder.FullName, "cut.pcapng");
        await File.WriteAllBytesAsync(half, cut);
        Nlab.Ended damaged = await Nlab.Run("decode", half, "--summary");
        Assert.Equal(1, damaged.ExitCode);
        Assert.NotEmpty(damaged.Output);
        Assert.Contains("cut short", damaged.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [GeneratedRegex("^packet \\d+  ", RegexOptions.Multiline)]
    private static partial Regex HandshakePacket();

    [GeneratedRegex("retransmissions: (\\d+)")]
    private static partial Regex Retransmissions();
}
