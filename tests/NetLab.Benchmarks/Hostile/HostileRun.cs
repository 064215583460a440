using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace NetLab.Benchmarks.Hostile;

/// <summary>
/// <c>hostile [CONNECTIONS] [MIB]</c>: <c>nlab serve</c> in a control group of so much memory, under so many connections that cost it
/// memory, while honest clients go on. Ends with 1 if the process ends, or if the honest ones do not get on. Needs the right to make a
/// control group, and is skipped without.
/// </summary>
internal static partial class HostileRun
{
    private const int Honest = 3;

    // Of exchanges beside the attack; a handshake that is answered by nobody is tried again, and takes its time.
    private const double MaxFailures = 0.02;

    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        int count = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100_000;
        long megabytes = arguments.Length > 1 ? long.Parse(arguments[1], CultureInfo.InvariantCulture) : 300;
        using MemoryGroup? group = MemoryGroup.TryCreate(megabytes << 20, out string why);
        if (group is null)
        {
            Say($"skipped: {why}");
            return 0;
        }

        string nlab = Path.Combine(AppContext.BaseDirectory, "nlab.dll");
        using Process serve = Process.Start(new ProcessStartInfo("sh",
        [
            "-c", "echo $$ > \"$0\" && exec dotnet \"$@\"", group.Processes, nlab, "serve", "--set", "Lab:Services=[]", "--set", "Lab:Relays=[]",
            "--set", "Lab:Services:0:Kind=echo", "--set", "Lab:Services:0:Address=tcp://127.0.0.1:0",
            "--set", "Lab:Services:1:Kind=discard", "--set", "Lab:Services:1:Address=tcp://127.0.0.1:0",
            "--set", "Lab:Services:2:Kind=source", "--set", "Lab:Services:2:Address=tcp://127.0.0.1:0",
        ])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            List<IPEndPoint> servers = [];
            while (servers.Count < 3)
            {
                string line = await serve.StandardOutput.ReadLineAsync().ConfigureAwait(false) ?? throw new IOException("nlab serve ended");
                servers.Add(new IPEndPoint(IPAddress.Loopback, int.Parse(Port().Match(line).Value, CultureInfo.InvariantCulture)));
            }

            return await AttackAsync(serve, servers, count, group).ConfigureAwait(false);
        }
        finally
        {
            if (!serve.HasExited)
            {
                // Asked to end, it says what it refused.
                Process.Start("kill", ["-INT", serve.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
                if (!serve.WaitForExit(TimeSpan.FromSeconds(20)))
                {
                    serve.Kill();
                    await serve.WaitForExitAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private static async Task<int> AttackAsync(Process serve, IReadOnlyList<IPEndPoint> servers, int count, MemoryGroup group)
    {
        using var over = new CancellationTokenSource();
        HonestPeer[] honest = [.. Enumerable.Range(0, Honest).Select(_ => new HonestPeer(servers[0]))];
        Task going = Task.WhenAll(honest.Select(h => h.RunAsync(over.Token)));
        await Task.Delay(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        int before = honest.Sum(h => h.Right);
        var hostile = new HostilePeers(servers);
        var clock = Stopwatch.StartNew();
        Task attack = Task.Run(() => hostile.Open(count, CancellationToken.None));
        await Task.WhenAny(attack, serve.WaitForExitAsync()).ConfigureAwait(false);
        double seconds = clock.Elapsed.TotalSeconds;
        int during = honest.Sum(h => h.Right) - before;

        // And a while after it, when what it left behind is still there.
        await Task.Delay(TimeSpan.FromSeconds(3)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await going.ConfigureAwait(false);
        bool lives = !serve.HasExited;
        int failed = honest.Sum(h => h.Failed);
        int right = honest.Sum(h => h.Right);
        string[] broke = [.. honest.Select(h => h.Broke).OfType<string>()];
        Say($"{count} hostile connections in {seconds:F1} s: {hostile.Completed} handshakes, {hostile.Sent} datagrams");
        Say($"the process {(lives ? "lives" : $"ended with {serve.ExitCode}")}; its group held {group.Peak >> 20} MiB at most");
        Say($"honest: {right} exchanges on connections of their own, {during} of them beside the attack; {failed} failed; p50 {honest.Max(h => h.Quantile(0.5)):F1} ms, p99 {honest.Max(h => h.Quantile(0.99)):F1} ms");
        Say($"honest, on a connection that lasts: {honest.Sum(h => h.Lasting)} exchanges; {broke.Length} of {Honest} broke{(broke.Length > 0 ? $": {broke[0]}" : "")}");
        return lives && during > 0 && broke.Length == 0 && failed <= MaxFailures * (right + failed) ? 0 : 1;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\d+$")]
    private static partial Regex Port();
}
