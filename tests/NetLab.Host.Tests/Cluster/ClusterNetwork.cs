using System.Diagnostics;

namespace NetLab.Host.Tests.Cluster;

/// <summary>Network namespaces with a node each, and a bridge between them with Redis and commands at it: as machines at a switch.</summary>
internal sealed class ClusterNetwork : IAsyncDisposable
{
    private const string Hub = "10.77.0.254";

    private static int _last;

    private readonly string _name = $"nlc-{Environment.ProcessId}-{Interlocked.Increment(ref _last)}";
    private readonly Dictionary<string, Nlab> _nodes = [];
    private readonly string _secret;
    private Process? _redis;

    private ClusterNetwork() => File.WriteAllText(_secret = Path.Combine(Folder.FullName, "secret"), "the same for all of them");

    /// <summary>A folder that all of them see.</summary>
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("nlab-network-");

    /// <summary>The nodes by their addresses and ports.</summary>
    public IReadOnlyDictionary<string, Nlab> Nodes => _nodes;

    /// <summary>Makes it, and waits until all nodes are there.</summary>
    public static async Task<ClusterNetwork> Open(int count)
    {
        var network = new ClusterNetwork();
        try
        {
            await network.Begin(count);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has the nodes do something.</summary>
    public Nlab On(params string[] words) => Nlab.StartIn(NameOf(0), Folder.FullName, ["on", $"redis://{Hub}:6379", .. words, "--secret-file", _secret]);

    /// <summary>Waits until something is so.</summary>
    public static async Task Until(Func<bool> isSo)
    {
        var time = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!isSo())
        {
            Assert.True(time.Elapsed < Patience, "it does not happen");
            await timer.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Nlab node in _nodes.Values)
        {
            node.Dispose();
        }

        if (_redis is { } redis)
        {
            redis.Kill();
            await redis.WaitForExitAsync();
            redis.Dispose();
        }

        // Of those that were made; a namespace that is not there is no matter.
        for (int i = 0; i <= 4; i++)
        {
            await Ip(false, "netns", "del", NameOf(i));
        }

        Folder.Delete(recursive: true);
    }

    private async Task Begin(int count)
    {
        await Ip(true, "netns", "add", NameOf(0));
        await Ip(true, "-n", NameOf(0), "link", "add", "br0", "type", "bridge");
        await Ip(true, "-n", NameOf(0), "addr", "add", Hub + "/24", "dev", "br0");
        await Ip(true, "-n", NameOf(0), "link", "set", "br0", "up");
        await Ip(true, "-n", NameOf(0), "link", "set", "lo", "up");
        for (int i = 1; i <= count; i++)
        {
            await Ip(true, "netns", "add", NameOf(i));
            await Ip(true, "-n", NameOf(0), "link", "add", $"port{i}", "type", "veth", "peer", "name", "eth0", "netns", NameOf(i));
            await Ip(true, "-n", NameOf(0), "link", "set", $"port{i}", "master", "br0", "up");
            await Ip(true, "-n", NameOf(i), "link", "set", "lo", "up");
            await Ip(true, "-n", NameOf(i), "addr", "add", $"10.77.0.{i}/24", "dev", "eth0");
            await Ip(true, "-n", NameOf(i), "link", "set", "eth0", "up");
        }

        string[] words = ["netns", "exec", NameOf(0), "redis-server", "--bind", Hub, "--port", "6379", "--protected-mode", "no", "--save", "", "--dir", Folder.FullName];
        _redis = Process.Start(new ProcessStartInfo("ip", words) { RedirectStandardOutput = true })!;
        string? line;
        do
        {
            line = await _redis.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        }
        while (line?.Contains("Ready to accept connections", StringComparison.Ordinal) == false);
        Assert.NotNull(line);
        for (int i = 1; i <= count; i++)
        {
            _nodes.Add($"10.77.0.{i}:11111", Nlab.StartIn(NameOf(i), null, "node", "--address", $"10.77.0.{i}", "--join", $"redis://{Hub}:6379", "--secret-file", _secret));
        }

        await Task.WhenAll(_nodes.Values.Select(n => n.Listening()));
    }

    private static async Task Ip(bool mustWork, params string[] words)
    {
        using Process ip = Process.Start(new ProcessStartInfo("ip", words) { RedirectStandardError = true })!;
        string said = await ip.StandardError.ReadToEndAsync();
        await ip.WaitForExitAsync();
        Assert.True(!mustWork || ip.ExitCode == 0, $"ip {string.Join(' ', words)}: {said}");
    }

    private string NameOf(int number) => $"{_name}-{number}";
}
