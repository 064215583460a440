using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NetLab.Host.Tests;

/// <summary>The package of the command, as its users get it: packed, installed from a folder, and run.</summary>
public sealed class PackageTests : IDisposable
{
    private const long MaxBytes = 15 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(9);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-package");

    public void Dispose() => _folder.Delete(recursive: true);

    [PackFact]
    public async Task The_packages_of_this_platform_are_small_and_run_the_demo()
    {
        // In folders of its own, so that a build beside it is not disturbed; of a version of its own, so that no cache has it.
        string version = $"0.1.0-test.{Guid.NewGuid():N}";
        string packages = Path.Combine(_folder.FullName, "packages");
        string rid = RuntimeInformation.RuntimeIdentifier;
        await RunAsync(
            "pack", Path.Combine(PackFactAttribute.Source!, "NetLab.Host"), "-c", "Release", "-o", packages, "--artifacts-path", Path.Combine(_folder.FullName, "build"),
            $"-p:Version={version}", "-p:RunAnalyzers=false", $"-p:ToolPackageRuntimeIdentifiers=\"{rid};any\"");
        FileInfo[] made = new DirectoryInfo(packages).GetFiles("*.nupkg");
        Assert.Equal(
            [$"NetLab.Host.{version}.nupkg", $"NetLab.Host.any.{version}.nupkg", $"NetLab.Host.{rid}.{version}.nupkg"],
            made.Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.All(made, package => Assert.InRange(package.Length, 1, MaxBytes));

        string said = await RunAsync("tool", "exec", $"NetLab.Host@{version}", "--source", packages, "--yes", "--", "demo", "--out", "demo-out", "--seed", "1");
        Assert.Contains("the handshake", said, StringComparison.Ordinal);
        Assert.Contains("equal at both ends", said, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "demo-out", "demo.pcapng")));
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.FullName,
        };

        // What a tool leaves in the cache of packages goes with the folder.
        if (arguments[0] == "tool")
        {
            start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "cache");
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var late = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(late.Token);
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {await output}{await errors}");
        return await output;
    }
}
