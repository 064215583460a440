using System.Diagnostics;

namespace NetLab.Host.Tests.Streams;

/// <summary>Commands in a shell, with pipes between them.</summary>
internal static class Shell
{
    /// <summary>How a script calls this command.</summary>
    public static string Nlab => $"dotnet '{Path.Combine(AppContext.BaseDirectory, "nlab.dll")}'";

    /// <summary>Starts a script; what it prints and what it says is read by the caller.</summary>
    public static Process Start(string script) =>
        Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
}
