using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using NetLab.Benchmarks.Forwarding;

namespace NetLab.Benchmarks.Interop;

/// <summary>The kernel's TCP and NetLab's through an emulated link, by algorithm, loss and option; SHA-256 of each direction is compared.</summary>
/// <param name="name">What namespaces' names begin with; nobody else's.</param>
/// <param name="bytes">What is carried each way.</param>
internal sealed class LinkRows(string name, byte[] bytes)
{
    private const string Kernel = "10.9.1.1";
    private const string Own = "10.9.3.2";
    private const int Port = 7000;

    // tshark is asked about so much of it: it takes a second for a megabyte.
    private const int Judged = 5;

    private static readonly (string What, string Congestion, string Link, string Setting)[] All =
    [
        .. ((string[])["reno", "cubic", "bbr"]).SelectMany(c => ((string[])["delay=1ms", "delay=1ms,loss=1%", "delay=1ms,loss=5%", "delay=2ms,reorder=5%"]).Select(l => ($"{c}, `{l}`", c, l, ""))),
        ("no SACK, `delay=1ms,loss=1%`", "cubic", "delay=1ms,loss=1%", "tcp_sack=0"),
        ("no timestamps, `delay=1ms,loss=1%`", "cubic", "delay=1ms,loss=1%", "tcp_timestamps=0"),
        ("no window scale, `delay=1ms,loss=1%`", "cubic", "delay=1ms,loss=1%", "tcp_window_scaling=0"),
        ("ECN, `delay=1ms,rate=100M,aqm=fq_codel`", "cubic", "delay=1ms,rate=100M,aqm=fq_codel", "tcp_ecn=1"),
    ];

    /// <summary>Runs them.</summary>
    public async IAsyncEnumerable<InteropRow> RunAsync()
    {
        string available = await File.ReadAllTextAsync("/proc/sys/net/ipv4/tcp_available_congestion_control").ConfigureAwait(false);
        foreach ((string what, string congestion, string link, string setting) in All)
        {
            if (!available.Split((char[]?)null).Contains(congestion))
            {
                await Console.Error.WriteLineAsync($"this kernel has no {congestion}: {what} is left out").ConfigureAwait(false);
                continue;
            }

            yield return await InAsync(link, congestion, setting, async () => new InteropRow(
                what,
                await InteropRow.TryAsync(() => ExchangeAsync(bytes, congestion, isServer: true)).ConfigureAwait(false),
                await InteropRow.TryAsync(() => ExchangeAsync(bytes, congestion, isServer: false)).ConfigureAwait(false))).ConfigureAwait(false);
        }

        if (OtherPrograms.IsInstalled("tshark"))
        {
            byte[] carried = bytes[..(bytes.Length / Judged)];
            yield return await InAsync("delay=1ms,loss=1%", "cubic", "", async () => new InteropRow(
                "what tshark finds wrong in NetLab's packets, `delay=1ms,loss=1%`",
                await InteropRow.TryAsync(() => JudgedAsync(carried, isServer: true)).ConfigureAwait(false),
                await InteropRow.TryAsync(() => JudgedAsync(carried, isServer: false)).ConfigureAwait(false))).ConfigureAwait(false);
        }
    }

    private async Task<InteropRow> InAsync(string link, string congestion, string setting, Func<Task<InteropRow>> run)
    {
        Spawned between = Spawned.Nlab(null, "link", "tun://10.9.1.1/24", "tun://10.9.2.1/24", "--link", link, "--seed", "7", "--namespaces", $"{name}-a,{name}-b");
        await using (between.ConfigureAwait(false))
        {
            await between.ReadyAsync().ConfigureAwait(false);

            // A route may name an algorithm that a namespace may not have for its own.
            await DoAsync($"{name}-a", "ip", "route", "replace", "default", "dev", "nlab0", "congctl", congestion).ConfigureAwait(false);
            await SetAsync($"{name}-b", "ip_forward=1").ConfigureAwait(false);
            await SetAsync($"{name}-a", "tcp_no_metrics_save=1").ConfigureAwait(false);
            if (setting.Length > 0)
            {
                await SetAsync($"{name}-a", setting).ConfigureAwait(false);
            }

            Spawned up = Spawned.Nlab($"{name}-b", "up", "tun://10.9.3.1/24");
            await using (up.ConfigureAwait(false))
            {
                await up.ReadyAsync().ConfigureAwait(false);
                return await run().ConfigureAwait(false);
            }
        }
    }

    private async Task<string> ExchangeAsync(byte[] carried, string congestion, bool isServer)
    {
        string hash = Convert.ToHexString(SHA256.HashData(carried));
        Spawned server = isServer ? Spawned.Nlab($"{name}-b", "listen", $"tun-tcp://{Own}:{Port}", "--congestion", congestion) : Spawned.Nlab($"{name}-a", "listen", $"kernel-tcp://{Kernel}:{Port}", "--allow-remote");
        await using (server.ConfigureAwait(false))
        {
            await server.ReadyAsync().ConfigureAwait(false);
            long start = Stopwatch.GetTimestamp();
            Spawned client = isServer
                ? Spawned.Nlab($"{name}-a", "connect", $"kernel-tcp://{Own}:{Port}", "--allow-remote")
                : Spawned.Nlab($"{name}-b", "connect", $"tun-tcp://{Kernel}:{Port}", "--allow-remote", "--congestion", congestion);
            await using (client.ConfigureAwait(false))
            {
                Task writing = Task.WhenAll(client.WriteAsync(carried), server.WriteAsync(carried));
                (string Hash, string Text)[] got = await Task.WhenAll(server.EndAsync(), client.EndAsync()).ConfigureAwait(false);
                await writing.ConfigureAwait(false);
                return got.All(g => g.Hash == hash)
                    ? string.Create(CultureInfo.InvariantCulture, $"{carried.Length >> 20}M each way, SHA-256 equal, {RateText.Of(2L * carried.Length, start)}")
                    : throw new IOException("SHA-256 differs");
            }
        }
    }

    private async Task<string> JudgedAsync(byte[] carried, bool isServer)
    {
        string file = Path.Combine(Path.GetTempPath(), $"{name}.pcapng");
        try
        {
            Spawned capture = Spawned.Start($"{name}-a", "tshark", "-i", "nlab0", "-w", file, "-q");
            await using (capture.ConfigureAwait(false))
            {
                await capture.ReadyAsync().ConfigureAwait(false);
                await ExchangeAsync(carried, "cubic", isServer).ConfigureAwait(false);
            }

            const string Wrong = "_ws.malformed || _ws.expert.severity == error || tcp.checksum.status == \"Bad\" || ip.checksum.status == \"Bad\"";
            int all = await CountAsync(file, $"ip.src == {Own}").ConfigureAwait(false);
            int wrong = await CountAsync(file, $"ip.src == {Own} && ({Wrong})").ConfigureAwait(false);
            return wrong == 0 && all > 0 ? $"nothing in {all} packets" : throw new IOException($"{wrong} of {all} packets");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<int> CountAsync(string file, string filter)
    {
        Spawned tshark = Spawned.Start(null, "tshark", "-r", file, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-d", $"tcp.port=={Port},data", "-Y", filter, "-T", "fields", "-e", "frame.number");
        await using (tshark.ConfigureAwait(false))
        {
            return (await tshark.EndAsync().ConfigureAwait(false)).Text.Count(c => c == '\n');
        }
    }

    private static Task SetAsync(string where, string setting)
    {
        string[] said = setting.Split('=');
        return DoAsync(where, "sh", "-c", $"echo {said[1]} > /proc/sys/net/ipv4/{said[0]}");
    }

    private static async Task DoAsync(string where, string program, params string[] words)
    {
        Spawned done = Spawned.Start(where, program, words);
        await using (done.ConfigureAwait(false))
        {
            await done.EndAsync().ConfigureAwait(false);
        }
    }
}
