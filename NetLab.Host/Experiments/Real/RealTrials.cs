using System.Diagnostics;
using NetLab.Udp.Devices;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Real;

/// <summary>Runs trials beside each other, each on a link of its own.</summary>
internal static class RealTrials
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>What is missing here to run any; null for nothing.</summary>
    public static string? Missing =>
        !TunDevice.IsSupported ? "needs Linux with TUN devices (/dev/net/tun)"
        : !Environment.IsPrivilegedProcess ? "needs root, or CAP_SYS_ADMIN and CAP_NET_ADMIN, for network namespaces of its own: sudo nlab lab …"
        : null;

    /// <summary>Runs them.</summary>
    /// <param name="bench">Whose seed it is, and who may end it early.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="trials">They; those whose algorithm this kernel has not are left out.</param>
    /// <returns>What came out of each that was run, in their order.</returns>
    /// <exception cref="Settings.UsageException">It cannot be done here: one line that says which right or program is missing.</exception>
    public static IReadOnlyList<RealRun> Run(Bench bench, double seconds, IEnumerable<RealTrial> trials)
    {
        RealTrial[] possible = [.. trials.Where(t => t.Senders.All(s => !s.IsKernel || KernelTcp.Has(s.KernelName)))];

        // Waits, and threads of sockets: nothing of it belongs on the caller's thread.
        return Task.Run(() => RunAsync(bench, seconds, possible), CancellationToken.None).GetAwaiter().GetResult();
    }

    private static async Task<IReadOnlyList<RealRun>> RunAsync(Bench bench, double seconds, RealTrial[] trials)
    {
        var networks = new List<RealNetwork>();
        var transfers = new List<(int Trial, RealTransfer Transfer)>();
        try
        {
            foreach (RealTrial trial in trials)
            {
                bench.CancellationToken.ThrowIfCancellationRequested();
                networks.Add(RealNetwork.Open(trial.Link, bench.Seed));
            }

            Instant begin = MonotonicClock.Shared.Now;
            long start = Stopwatch.GetTimestamp();
            var waiting = new Queue<(int Trial, RealSender Sender)>(trials
                .SelectMany((trial, i) => trial.Senders.Select(sender => (i, sender)))
                .Where(s => s.sender.StartsAt < seconds)
                .OrderBy(s => s.sender.StartsAt));
            using var timer = new PeriodicTimer(Interval);
            while (Stopwatch.GetElapsedTime(start).TotalSeconds is var at && at < seconds)
            {
                if (waiting.TryPeek(out (int Trial, RealSender Sender) next) && next.Sender.StartsAt <= at)
                {
                    waiting.Dequeue();
                    transfers.Add((next.Trial, await RealTransfer.StartAsync(networks[next.Trial], next.Sender, bench.CancellationToken).ConfigureAwait(false)));
                    continue;
                }

                foreach ((_, RealTransfer transfer) in transfers)
                {
                    transfer.Sample(at);
                }

                await timer.WaitForNextTickAsync(bench.CancellationToken).ConfigureAwait(false);
            }

            return [.. trials.Select((trial, i) => new RealRun(trial, [.. transfers.Where(t => t.Trial == i).Select(t => t.Transfer.Flow())], networks[i].Waits(begin), networks[i].Up))];
        }
        finally
        {
            foreach ((_, RealTransfer transfer) in transfers)
            {
                await transfer.DisposeAsync().ConfigureAwait(false);
            }

            foreach (RealNetwork network in networks)
            {
                await network.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
