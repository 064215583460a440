using System.Diagnostics;

namespace NetLab.Benchmarks.Forwarding;

/// <summary>A server of PostgreSQL with nothing in it, on loopback; root runs it as the user <c>postgres</c>, as it does not run as root.</summary>
internal sealed class TemporaryDatabase : IDisposable
{
    private readonly string _folder;
    private readonly Process _server;

    private TemporaryDatabase(string folder, Process server, int port) => (_folder, _server, Port) = (folder, server, port);

    /// <summary>Whether its programs are there.</summary>
    public static bool IsInstalled => Programs is not null;

    private static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
        : null;

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Starts one; null where its programs are not there, or it does not start.</summary>
    public static async Task<TemporaryDatabase?> TryStartAsync()
    {
        if (Programs is not { } programs)
        {
            return null;
        }

        string folder = Path.Combine(Path.GetTempPath(), $"nlab-postgres-{Environment.ProcessId}");
        int port = OtherPrograms.FreePort();
        (bool isMade, _) = await OtherPrograms.RunAsync("runuser", "-u", "postgres", "--", Path.Combine(programs, "initdb"), "-A", "trust", "-U", "postgres", "-D", folder).ConfigureAwait(false);
        if (!isMade)
        {
            return null;
        }

        Process server = Process.Start(new ProcessStartInfo("runuser",
            ["-u", "postgres", "--", Path.Combine(programs, "postgres"), "-D", folder, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={folder}"])
        {
            RedirectStandardError = true,
        })!;
        _ = server.StandardError.ReadToEndAsync();
        await OtherPrograms.UntilListeningAsync(port).ConfigureAwait(false);
        return new TemporaryDatabase(folder, server, port);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
