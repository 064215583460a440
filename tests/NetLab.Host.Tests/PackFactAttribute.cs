using System.Runtime.InteropServices;

namespace NetLab.Host.Tests;

/// <summary>A test that packs the command, for which it needs the sources and what compiles ahead of time for this platform.</summary>
public sealed class PackFactAttribute : FactAttribute
{
    public PackFactAttribute()
    {
        if (Source is null)
        {
            Skip = "needs the sources";
        }
        else if (RuntimeInformation.RuntimeIdentifier is not ("linux-x64" or "linux-arm64" or "win-x64" or "osx-arm64"))
        {
            Skip = $"there is no package for {RuntimeInformation.RuntimeIdentifier}, but the one for all";
        }
    }

    /// <summary>The folder of the solution; null if the tests run elsewhere.</summary>
    public static string? Source { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string? Find(DirectoryInfo? folder) =>
        folder is null ? null : File.Exists(Path.Combine(folder.FullName, "NetLab.sln")) ? folder.FullName : Find(folder.Parent);
}
