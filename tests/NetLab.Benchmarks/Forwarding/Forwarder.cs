using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace NetLab.Benchmarks.Forwarding;

/// <summary>A process that listens and passes connections on: <c>nlab forward</c> or socat.</summary>
internal sealed partial class Forwarder : IDisposable
{
    private readonly Process _process;

    private Forwarder(Process process, int port) => (_process, Port) = (process, port);

    /// <summary>Where it listens, on loopback.</summary>
    public int Port { get; }

    /// <summary>Starts <c>nlab forward</c> between two of the kernel's TCP.</summary>
    /// <param name="target">The port that it passes on to.</param>
    /// <param name="link">The link that NetLab's TCP crosses in between; null for none.</param>
    public static async Task<Forwarder> StartAsync(int target, string? link = null)
    {
        string[] words =
        [
            Path.Combine(AppContext.BaseDirectory, "nlab.dll"), "forward", "kernel-tcp://127.0.0.1:0", $"kernel-tcp://127.0.0.1:{target}",
            .. link is null ? Array.Empty<string>() : ["--link", link],
        ];
        Process process = Process.Start(new ProcessStartInfo("dotnet", words) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        string line = await process.StandardError.ReadLineAsync().ConfigureAwait(false) ?? throw new IOException("nlab forward ended");
        return new Forwarder(process, int.Parse(Listening().Match(line).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>Starts socat, a child of it a connection; null where it is not installed.</summary>
    /// <param name="target">The port that it passes on to.</param>
    /// <param name="port">A port that is free.</param>
    public static async Task<Forwarder?> StartSocatAsync(int target, int port)
    {
        if (!OtherPrograms.IsInstalled("socat"))
        {
            return null;
        }

        // Its own buffer is 8 KiB by default; 64 KiB, as ours, is faster.
        Process process = Process.Start("socat", ["-b65536", $"TCP-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,backlog=1024", $"TCP:127.0.0.1:{target}"]);
        await OtherPrograms.UntilListeningAsync(port).ConfigureAwait(false);
        return new Forwarder(process, port);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    [GeneratedRegex(@"listening on kernel-tcp://127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();
}
