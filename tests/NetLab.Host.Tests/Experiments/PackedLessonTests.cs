using System.Diagnostics;
using NetLab.Osi.Tests;
using Xunit.Abstractions;

namespace NetLab.Host.Tests.Experiments;

/// <summary>
/// The lesson of the course's README, written outside the repository: the packages are packed into a folder, and one C# file runs on them. Skipped where the SDK
/// cannot run a file, or the packages that ours need are not in NuGet's folder.
/// </summary>
public sealed class PackedLessonTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly string[] Projects = ["NetLab.Udp", "NetLab.Tcp", "NetLab.Osi", "NetLab.Host/Experiments"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-lesson-");

    public void Dispose() => _folder.Delete(recursive: true);

    [FileProgramFact]
    public async Task A_lesson_outside_the_repository_runs_and_fails_when_its_law_is_wrong()
    {
        string repository = Folders.Root;
        string feed = _folder.CreateSubdirectory("feed").FullName;
        foreach (string project in Projects)
        {
            // In folders of its own: whoever packs or tests beside this one is not disturbed.
            (int packed, string said) = await Dotnet("pack", Path.Combine(repository, project), "--no-build", "-c", Configuration, "-o", feed, $"-p:NuspecOutputPath={_folder.CreateSubdirectory("nuspec").FullName}/");
            Assert.True(packed == 0, said);
        }

        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><clear /><add key="feed" value="feed" /></packageSources>
              <fallbackPackageFolders><clear /><add key="there" value="{FileProgramFactAttribute.Packages}" /></fallbackPackageFolders>
            </configuration>
            """);
        string lesson = Path.Combine(_folder.FullName, "lesson.cs");
        string text = LessonOf(await File.ReadAllTextAsync(Path.Combine(repository, "NetLab.Host", "Experiments", "README.md")));
        Assert.InRange(text.Trim().Split('\n').Length, 20, 45);
        await File.WriteAllTextAsync(lesson, text);
        (int exit, string output1) = await Dotnet("run", lesson, "--", "--check");
        output.WriteLine(output1);
        Assert.True(exit == 0, output1);
        Assert.Contains("round-trip: 1 of 1 laws hold", output1, StringComparison.Ordinal);
        (exit, string broken) = await Dotnet("run", lesson, "--", "--check", "--break", "1");
        Assert.True(exit == 1, broken);

        // Its law is wrong: three ways there and back.
        await File.WriteAllTextAsync(lesson, text.Replace("2 * bench.Get(OneWay)", "3 * bench.Get(OneWay)", StringComparison.Ordinal));
        (exit, string wrong) = await Dotnet("run", lesson, "--", "--check");
        Assert.True(exit == 1, wrong);
        Assert.Contains("FAILS  round trip", wrong, StringComparison.Ordinal);
        (exit, string refused) = await Dotnet("run", lesson, "--", "--set", "delay=never");
        Assert.True(exit == 2, refused);
        Assert.Contains("one-way delay is 1ms to 1s", refused, StringComparison.Ordinal);
    }

#if DEBUG
    private static string Configuration => "Debug";
#else
    private static string Configuration => "Release";
#endif

    // The block that begins with a #:package.
    private static string LessonOf(string readme)
    {
        const string Fence = "```";
        int start = readme.IndexOf("#:package", StringComparison.Ordinal);
        return readme[start..readme.IndexOf(Fence, start, StringComparison.Ordinal)];
    }

    private async Task<(int ExitCode, string Output)> Dotnet(params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", words) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName };

        // What is built for a test is built there, and no server of a compiler stays behind.
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["TMPDIR"] = _folder.CreateSubdirectory("tmp").FullName;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string said = await process.StandardOutput.ReadToEndAsync();
        using var late = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(late.Token);
        return (process.ExitCode, said + await errors);
    }
}
