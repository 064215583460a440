using System.Diagnostics;
using System.Text.Json;

namespace NetLab.Host.Tests.Relays;

/// <summary>The kernel's own TCP through an emulated link, between two network namespaces that nlab makes and takes down.</summary>
public sealed class TunLinkTests
{
    private static int _last;

    private readonly string _name = $"nlt-{Environment.ProcessId}-{Interlocked.Increment(ref _last)}";

    [TunFact]
    public async Task The_kernels_TCP_goes_through_it_and_the_first_SYN_is_lost()
    {
        using Nlab link = Nlab.Start(null, "link", "tun://10.9.1.1/24", "tun://10.9.2.1/24", "--link", "delay=10ms,up.drop=SYN#1", "--json", "--namespaces", Names);
        Assert.StartsWith($"tun://10.9.1.1/24 in {_name}-a → tun://10.9.2.1/24 in {_name}-b", await link.Listening(), StringComparison.Ordinal);
        await Transfer("10.9.2.1");
        Nlab.Ended ended = await Interrupted(link);
        Assert.Equal(0, ended.ExitCode);
        JsonElement up = JsonDocument.Parse(ended.Output).RootElement.GetProperty("up");
        Assert.Equal(1, up.GetProperty("scripted_drops").GetInt64());
        Assert.True(up.GetProperty("delivered_bytes").GetInt64() > 1 << 20, ended.Output);
        Assert.Equal(up.GetProperty("delivered").GetInt64(), up.GetProperty("delayed").GetInt64());
        Assert.Empty(Left());
    }

    [TunFact]
    public async Task It_carries_IPv6_and_loses_what_it_is_told_to()
    {
        using Nlab link = Nlab.Start(null, "link", "tun://[fd09::1]/64", "tun://fd09::2/64", "--link", "delay=2ms,loss=2%,aqm=fq_codel,rate=50M", "--seed", "5", "--json", "--namespaces", Names);
        await link.Listening();
        await Transfer("[fd09::2]");
        Nlab.Ended ended = await Interrupted(link);
        JsonElement up = JsonDocument.Parse(ended.Output).RootElement.GetProperty("up");
        long entered = up.GetProperty("entered").GetInt64();
        Assert.InRange(up.GetProperty("lost").GetInt64(), entered / 200, entered / 20);
        Assert.Empty(Left());
    }

    [TunFact]
    public async Task A_name_that_is_taken_is_refused_and_stays_whose_it_is()
    {
        using Nlab first = Nlab.Start(null, "link", "tun://10.9.1.1/24", "tun://10.9.2.1/24", "--namespaces", Names);
        await first.Listening();
        Nlab.Ended second = await Nlab.Run("link", "tun://10.9.1.1/24", "tun://10.9.2.1/24", "--namespaces", Names);
        Assert.Equal((2, $"nlab: namespace '{_name}-a': there is one of that name already"), (second.ExitCode, second.Errors.Trim()));
        Assert.Equal([$"{_name}-a", $"{_name}-b"], Left());
        await Interrupted(first);
        Assert.Empty(Left());
    }

    [Theory]
    [InlineData("tun://10.9.1.1", "tun://10.9.2.1/24", "'tun://10.9.1.1': is tun://ADDRESS/PREFIX")]
    [InlineData("tun://10.9.1/24", "tun://10.9.2.1/24", "'tun://10.9.1/24': is tun://ADDRESS/PREFIX")]
    [InlineData("tun://10.9.1.1/33", "tun://10.9.2.1/24", "the prefix is 1 to 32 bits, not '33'")]
    [InlineData("tun://10.9.1.1/24", "udp://127.0.0.1:9", "'udp://127.0.0.1:9': both ends")]
    [InlineData("udp://127.0.0.1:9", "tun://10.9.2.1/24", "'udp://127.0.0.1:9': both ends")]
    [InlineData("tun://10.9.1.1/24", "tun://10.9.1.1/24", "the other device has another address")]
    [InlineData("tun://10.9.1.1/24", "tun://fd09::1/64", "the other device has another address, of the same version of IP")]
    [InlineData("tun://10.9.1.1/24", "tun://10.9.2.1/24", "--namespaces 'a': is two names", "--namespaces", "a")]
    [InlineData("tun://10.9.1.1/24", "tun://10.9.2.1/24", "--namespaces 'a,../b': is two names", "--namespaces", "a,../b")]
    [InlineData("tun://10.9.1.1/24", "tun://10.9.2.1/24", "unknown key 'dlay'", "--link", "dlay=3ms")]
    [InlineData("tun://10.9.1.1/24", "tun://10.9.2.1/24", "tcpdump", "--pcap", "x.pcapng")]
    [InlineData("tun://10.9.1.1/24", "tun://10.9.2.1/24", "--record: is for a relay", "--record", "x.path")]
    [InlineData("udp://127.0.0.1:0", "udp://127.0.0.1:9", "--namespaces 'a,b': only a link between tun:// devices", "--namespaces", "a,b")]
    public async Task Nonsense_is_refused_before_anything_is_made(string first, string second, string said, params string[] options)
    {
        Nlab.Ended ended = await Nlab.Run(["link", first, second, .. options]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(said, Assert.Single(ended.Errors.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private static Task<Nlab.Ended> Interrupted(Nlab nlab)
    {
        nlab.Interrupt();
        return nlab.End();
    }

    private string Names => $"{_name}-a,{_name}-b";

    // A megabyte by the kernel's TCP, from the first to the second.
    private async Task Transfer(string address)
    {
        using Process server = Inside("b", "perf", "server", $"kernel-tcp://{address}:0", "--allow-remote", "--once");
        string line;
        do
        {
            line = await server.StandardError.ReadLineAsync().WaitAsync(Patience) ?? throw new IOException("the server did not listen");
        }
        while (!line.Contains("listening", StringComparison.Ordinal));
        using Process client = Inside("a", "perf", line[line.IndexOf("kernel-tcp://", StringComparison.Ordinal)..].Trim(), "--allow-remote", "--bytes", "1M", "--json");
        Task<string> errors = client.StandardError.ReadToEndAsync();
        string output = await client.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await client.WaitForExitAsync();
        Assert.True(client.ExitCode == 0, await errors + output);
        server.Kill(entireProcessTree: true);
        await server.WaitForExitAsync();
    }

    private Process Inside(string end, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("ip", ["netns", "exec", $"{_name}-{end}", "dotnet", Path.Combine(AppContext.BaseDirectory, "nlab.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    // Of this test's namespaces, and of the marks of who made them.
    private string[] Left() =>
    [
        .. new[] { "/run/netns", "/run/nlab/namespaces" }.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles)
            .Select(f => Path.GetFileName(f)!).Where(n => n.StartsWith(_name + "-", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal),
    ];
}
