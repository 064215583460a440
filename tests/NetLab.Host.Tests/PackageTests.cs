using System.Diagnostics;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests;

/// <summary>The package: made from the sources as they are, without a registry, installed from a folder, run.</summary>
public sealed class PackageTests : IDisposable
{
    private const long MaxSize = 15_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-package-");

    public void Dispose() => _folder.Delete(recursive: true);

    [PackFact]
    public async Task The_tool_of_this_platform_is_small_installs_from_a_folder_and_runs()
    {
        // A copy: what is built beside this test has its own folders.
        string sources = Sub("sources");
        foreach (string project in (string[])["NetLab.Udp", "NetLab.Tcp", "NetLab.Osi", "NetLab.Host"])
        {
            Copy(Path.Combine(Folders.Root, project), Path.Combine(sources, project));
        }

        foreach (string file in (string[])["Directory.Build.props", "Directory.Packages.props", "global.json", "README.md", "LICENSE"])
        {
            File.Copy(Path.Combine(Folders.Root, file), Path.Combine(sources, file));
        }

        string packages = Sub("packages");
        await File.WriteAllTextAsync(Path.Combine(sources, "nuget.config"), "<configuration><packageSources><clear /></packageSources></configuration>");
        await Run(sources, "dotnet", "pack", "NetLab.Host", "-c", "Release", "-o", packages, "-p:NuGetAudit=false", "-p:RunAnalyzers=false", "--disable-build-servers");
        FileInfo[] made = new DirectoryInfo(packages).GetFiles("*.nupkg");
        Assert.Equal(
            ["NetLab.Host.0.1.0.nupkg", "NetLab.Host.any.0.1.0.nupkg", $"NetLab.Host.{PackFactAttribute.Platform}.0.1.0.nupkg"],
            made.Select(f => f.Name).Order(StringComparer.OrdinalIgnoreCase));
        Assert.All(made, file => Assert.True(file.Length < MaxSize, $"{file.Name}: {file.Length} bytes"));

        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "nuget.config"),
            $"<configuration><packageSources><clear /><add key=\"made\" value=\"{packages}\" /></packageSources></configuration>");
        string tools = Path.Combine(_folder.FullName, "tools");
        await Run(_folder.FullName, "dotnet", "tool", "install", "NetLab.Host", "--version", "0.1.0", "--tool-path", tools);
        Assert.Equal("0.1.0", (await Run(_folder.FullName, Path.Combine(tools, "nlab"), "--version")).Trim());

        string shown = await Run(_folder.FullName, "dotnet", "tool", "exec", "NetLab.Host@0.1.0", "--yes", "--", "demo", "--out", Sub("demo"));
        Assert.Contains("the first retransmission", shown, StringComparison.Ordinal);
        Assert.Contains("equal at both ends", shown, StringComparison.Ordinal);
    }

    private string Sub(string name) => _folder.CreateSubdirectory(name).FullName;

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (string folder in Directory.GetDirectories(from).Where(f => Path.GetFileName(f) is not ("bin" or "obj")))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    private async Task<string> Run(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ToolPackageRuntimeIdentifiers"] = $"{PackFactAttribute.Platform};any";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        if (folder == _folder.FullName)
        {
            // A package of this version that was unpacked before must not stand in for the one just made.
            start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "unpacked");
        }

        // What runs the tests tells its children of its build; theirs is another.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        using var late = new CancellationTokenSource(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(late.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            string shown = await output;
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}\n{shown}\n{await errors}");
            return shown;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
