using System.ComponentModel;
using System.Diagnostics;

namespace NetLab.Host.Tests;

/// <summary>Wireshark's command line, as a judge of what we record.</summary>
internal static class Tshark
{
    /// <summary>Whether it is installed.</summary>
    public static bool IsThere { get; } = Probe();

    /// <summary>Lines it prints for a recording.</summary>
    public static async Task<string[]> Run(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo("tshark", ["-r", file, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool Probe()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("tshark", "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
