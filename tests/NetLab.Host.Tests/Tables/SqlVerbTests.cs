using System.Diagnostics;
using System.Runtime.Versioning;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests.Tables;

/// <summary><c>nlab sql</c> hands a question to DuckDB's own command, with the tables as views.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SqlVerbTests
{
    private const string Question = "select count(*) as \"it's\" from packets";

    [UnixFact]
    public async Task An_installed_duckdb_gets_the_views_and_the_question_and_its_answer_is_passed_on()
    {
        string bin = Directory.CreateTempSubdirectory("nlab-bin-").FullName;
        string duckdb = Path.Combine(bin, "duckdb");
        await File.WriteAllTextAsync(duckdb, "#!/bin/sh\nfor word in \"$@\"; do echo \"[$word]\"; done\nexit 3\n");
        File.SetUnixFileMode(duckdb, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (int exit, string output, _) = await Sql(bin, await Tables(), Question, "--json");
        Assert.Equal(1, exit);
        string[] words = output.Split("]\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["[-json", "[-c"], words[..2]);
        Assert.StartsWith("[create view \"conversations\" as", words[2], StringComparison.Ordinal);
        Assert.EndsWith("; " + Question, words[2], StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Without_duckdb_the_command_is_printed_as_a_shell_takes_it()
    {
        (int exit, string output, string errors) = await Sql(Directory.CreateTempSubdirectory("nlab-bin-").FullName, await Tables(), Question);
        Assert.Equal((1, ""), (exit, output));
        string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("no duckdb", lines[0], StringComparison.Ordinal);

        // The shell makes of the line what was asked.
        var shell = new ProcessStartInfo("/bin/sh", ["-c", "duckdb() { printf %s \"$2\"; }; " + lines[1]]) { RedirectStandardOutput = true };
        using Process process = Process.Start(shell)!;
        Assert.EndsWith("; " + Question, await process.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> Tables()
    {
        string tables = Directory.CreateTempSubdirectory("nlab-sql-").FullName;
        Assert.Equal(0, (await Nlab.Run("decode", Path.Combine(Folders.Captures, "dns.pcapng"), "--parquet", tables)).ExitCode);
        return tables;
    }

    private static async Task<(int Exit, string Output, string Errors)> Sql(string path, params string[] words)
    {
        // The runtime by its own path: the folder that is searched for commands holds nothing else.
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$0\" \"$@\"", await Located(dotnet), Path.Combine(AppContext.BaseDirectory, "nlab.dll"), "sql", .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = path;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }

    private static async Task<string> Located(string command)
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"command -v '{command}'"]) { RedirectStandardOutput = true })!;
        return (await process.StandardOutput.ReadToEndAsync()).Trim();
    }
}
