using System.Diagnostics;

namespace NetLab.Host.Tests.Experiments;

/// <summary>A test that runs one C# file on packages, skipped where the SDK is older than 10 or NuGet's folder lacks what ours refer to.</summary>
public sealed class FileProgramFactAttribute : FactAttribute
{
    public FileProgramFactAttribute()
    {
        string version = Version();
        if (!int.TryParse(version.Split('.')[0], out int major) || major < 10)
        {
            Skip = $"needs the SDK 10 or later, which runs a file; this is {(version.Length > 0 ? version : "none")}";
        }
        else if (!Directory.Exists(Path.Combine(Packages, "microsoft.aspnetcore.connections.abstractions")))
        {
            Skip = $"needs the packages of a restore in {Packages}";
        }
    }

    /// <summary>Where NuGet keeps packages.</summary>
    public static string Packages { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string Version()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("dotnet", ["--version"]) { RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath() })!;
            string said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? said.Trim() : "";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }
}
