using System.ComponentModel;
using System.Diagnostics;

namespace NetLab.Osi.Tests;

/// <summary>Programs that judge what this library says, where they are installed.</summary>
internal static class OtherTools
{
    public static bool HasTshark { get; } = Runs("tshark", "--version");

    public static bool HasPython { get; } = Runs("python3", "--version");

    /// <summary>Runs a program.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static string Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    /// <summary>Starts a program whose output is read as it comes.</summary>
    public static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static bool Runs(string program, string argument)
    {
        try
        {
            Run(program, argument);
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
