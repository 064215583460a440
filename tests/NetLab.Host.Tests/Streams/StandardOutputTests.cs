using System.Diagnostics;

namespace NetLab.Host.Tests.Streams;

/// <summary>Bytes that nobody can have any more are not thrown away in silence.</summary>
public sealed class StandardOutputTests
{
    [UnixTheory]
    [InlineData("tcp")]
    [InlineData("kernel-tcp")]
    public async Task When_who_reads_it_has_ended_both_ends_say_so(string transport)
    {
        using Process listen = Shell.Start($"{Shell.Nlab} listen {transport}://127.0.0.1:0 | head -c 10; exit ${{PIPESTATUS[0]}}");
        string listening = await listen.StandardError.ReadLineAsync().WaitAsync(Patience) ?? "";
        using Process connect = Shell.Start($"head -c 50000000 /dev/zero 2> /dev/null | {Shell.Nlab} connect {listening.Split(' ')[^1]}");
        string sent = await connect.StandardError.ReadToEndAsync().WaitAsync(Patience);
        string said = await listen.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await Task.WhenAll(connect.WaitForExitAsync(), listen.WaitForExitAsync()).WaitAsync(Patience);
        Assert.Equal(1, listen.ExitCode);
        Assert.Equal("nlab: standard output: who read it has ended, and what comes now is lost\n", said);
        Assert.Equal(1, connect.ExitCode);
        Assert.StartsWith("nlab: ", sent, StringComparison.Ordinal);
        Assert.Single(sent.TrimEnd().Split('\n'));
    }

    [UnixFact]
    public async Task A_full_disk_is_one_line()
    {
        using Process listen = Shell.Start($"{Shell.Nlab} listen kernel-tcp://127.0.0.1:0 > /dev/full");
        string listening = await listen.StandardError.ReadLineAsync().WaitAsync(Patience) ?? "";
        using Process connect = Shell.Start($"echo hello | {Shell.Nlab} connect {listening.Split(' ')[^1]}");
        string said = await listen.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await Task.WhenAll(connect.WaitForExitAsync(), listen.WaitForExitAsync()).WaitAsync(Patience);
        Assert.Equal(1, listen.ExitCode);
        Assert.StartsWith("nlab: standard output: ", said, StringComparison.Ordinal);
        Assert.Single(said.TrimEnd().Split('\n'));
    }
}
