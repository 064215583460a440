using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace NetLab.Benchmarks.Forwarding;

/// <summary>Programs of others.</summary>
internal static class OtherPrograms
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Whether one is installed.</summary>
    public static bool IsInstalled(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));

    /// <summary>Runs one to its end.</summary>
    /// <returns>Whether it ended with 0, and what it wrote.</returns>
    public static async Task<(bool IsRight, string Output)> RunAsync(string name, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(name, words) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var late = new CancellationTokenSource(Patience);
        Task<string> errors = process.StandardError.ReadToEndAsync(late.Token);
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(late.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(late.Token).ConfigureAwait(false);
            return (process.ExitCode == 0, output + await errors.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (false, $"not done in {Patience.TotalSeconds} s");
        }
    }

    /// <summary>A port of TCP that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Waits until somebody listens at a port.</summary>
    public static async Task UntilListeningAsync(int port)
    {
        for (int tries = 0; ; tries++)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, port).ConfigureAwait(false);
                return;
            }
            catch (SocketException) when (tries < 200)
            {
                await Task.Delay(50).ConfigureAwait(false);
            }
        }
    }
}
