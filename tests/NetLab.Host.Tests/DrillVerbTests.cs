using System.Text.Json;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests;

/// <summary><c>nlab drill</c>, run as its users run it.</summary>
public sealed class DrillVerbTests : IDisposable
{
    private const string Opening = """
        0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
        +0 > S 0:0(0) <mss 1460>
        +.05 < S. 0:0(0) ack 1 win 65535 <mss 1460>
        +0 > . 1:1(0) ack 1

        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-drill");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_script_that_holds_exits_0()
    {
        Nlab.Ended ended = await Nlab.Run("drill", Write("a.pkt", Opening));

        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.StartsWith("pass  ", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_difference_shows_the_ladder_with_what_was_expected_beside_what_was_sent()
    {
        Nlab.Ended ended = await Nlab.Run("drill", Write("a.pkt", Opening + "+0 write(3, ..., 10) = 10\n+0 > P. 1:12(11) ack 1\n"));

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("a.pkt:7: 10 bytes instead of 11", ended.Output, StringComparison.Ordinal);
        string[] ladder = [.. ended.Output.Split('\n').Where(l => l.Contains('├'))];
        Assert.Equal(4, ladder.Length);
        Assert.Contains("✗ 10 bytes instead of 11; expected: P. 1:12(11) ack 1", ladder[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_expressed_exits_2()
    {
        Nlab.Ended ended = await Nlab.Run("drill", Write("a.pkt", Opening + "+0 < icmp unreachable port_unreachable [1:11(10)]\n"));

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("a.pkt:6: a packet of ICMP", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_a_table_and_a_document()
    {
        Write("one/a.pkt", Opening);
        Write("one/b.pkt", Opening + "+0 > . 1:1(0) ack 1\n");
        Write("two/c.pkt", "nonsense");

        Nlab.Ended table = await Nlab.Run("drill", _folder.FullName);
        Nlab.Ended json = await Nlab.Run("drill", _folder.FullName, "--json");

        Assert.Equal((1, 1), (table.ExitCode, json.ExitCode));
        Assert.Contains("     1       1       1  all", table.Output, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal(["pass", "differ", "cannot"], document.RootElement.GetProperty("scripts").EnumerateArray().Select(s => s.GetProperty("outcome").GetString()!));
        Assert.Equal(1, document.RootElement.GetProperty("total").GetProperty("cannot").GetInt32());
        Assert.Equal(2, document.RootElement.GetProperty("folders").GetArrayLength());
    }

    [Fact]
    public async Task A_recording_becomes_a_script_that_holds()
    {
        Nlab.Ended recorded = await Nlab.Run("drill", "--from", Path.Combine(Folders.Captures, "http-as-tcp.pcapng"), "--stream", "0");
        Nlab.Ended ended = await Nlab.Run("drill", Write("recorded.pkt", recorded.Output));

        Assert.Equal((0, 0), (recorded.ExitCode, ended.ExitCode));
        Assert.Contains("does what was recorded", recorded.Errors, StringComparison.Ordinal);
    }

    private string Write(string name, string script)
    {
        string path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, script);
        return path;
    }
}
