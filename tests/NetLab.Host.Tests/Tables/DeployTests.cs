using System.Diagnostics;
using System.Runtime.Versioning;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests.Tables;

/// <summary>The scripts that schedulers run make shares that are together one run.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DeployTests
{
    private static readonly string Deploy = Path.Combine(Folders.Root, "NetLab.Host", "deploy");

    [UnixFact]
    public async Task Schedulers_tell_a_share_its_number()
    {
        string tables = Directory.CreateTempSubdirectory("nlab-deploy-").FullName;
        string capture = Path.Combine(Folders.Captures, "lost-segments-as-tcp.pcapng");
        Assert.Equal(0, (await Script("shard.sh", ["3", tables, capture], ("JOB_COMPLETION_INDEX", "0"))).Exit);
        Assert.Equal(0, (await Script("slurm.sh", [tables, capture], ("SLURM_ARRAY_TASK_ID", "2"), ("SLURM_ARRAY_TASK_COUNT", "3"), ("NLAB_DEPLOY", Deploy))).Exit);
        Assert.Equal(0, (await Script("shard.sh", ["3", tables, capture], ("PARALLEL_SEQ", "3"))).Exit);
        (int exit, string errors) = await Script("shard.sh", ["3", tables, capture], ("PARALLEL_SEQ", "3"));
        Assert.Equal((0, "share 3 of 3 is there"), (exit, errors.Trim()));
        using var duck = new DuckDb();
        string packets = (await Nlab.Run("decode", capture, "--columns", "frame.number", "--tsv")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.Equal(packets, duck.One($"select count(distinct \"frame.number\") from '{tables}/packets-*-of-3.parquet'"));
        Assert.Equal(packets, duck.One($"select count(*) from '{tables}/packets-*-of-3.parquet'"));
    }

    [UnixFact]
    public async Task Shares_may_be_of_files()
    {
        string tables = Directory.CreateTempSubdirectory("nlab-deploy-").FullName;
        string[] captures = [Path.Combine(Folders.Captures, "dns.pcapng"), Path.Combine(Folders.Captures, "lost-segments-as-tcp.pcapng")];
        Assert.Equal(0, (await Script("shard.sh", ["2", tables, .. captures], ("PARALLEL_SEQ", "2"), ("NLAB_OPTIONS", "--by-file --partition hour"))).Exit);
        Assert.Equal("lost-segments-as-tcp.pcapng.json", Assert.Single(Directory.GetFiles(Path.Combine(tables, "complete")).Select(Path.GetFileName)));
        (int exit, string errors) = await Script("shard.sh", ["2", tables, .. captures], ("PARALLEL_SEQ", "2"), ("NLAB_OPTIONS", "--by-file --partition hour"));
        Assert.Equal((0, $"complete already in {tables}: 1"), (exit, errors.Trim()));
    }

    [UnixFact]
    public async Task Without_a_number_a_share_says_what_is_missing()
    {
        (int exit, string errors) = await Script("shard.sh", ["3", "tables", "capture"]);
        Assert.Equal(2, exit);
        Assert.Contains("which share?", errors, StringComparison.Ordinal);
    }

    // nlab is on the path as these tests run it: the assembly, by the runtime.
    private static async Task<(int Exit, string Errors)> Script(string name, string[] words, params (string Name, string Value)[] environment)
    {
        string bin = Directory.CreateTempSubdirectory("nlab-bin-").FullName;
        string nlab = Path.Combine(bin, "nlab");
        await File.WriteAllTextAsync(nlab, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "nlab.dll")}' \"$@\"\n");
        File.SetUnixFileMode(nlab, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(Path.Combine(Deploy, name), words) { RedirectStandardError = true };
        start.Environment["PATH"] = bin + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        foreach (string variable in (string[])["JOB_COMPLETION_INDEX", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "PARALLEL_SEQ"])
        {
            start.Environment.Remove(variable);
        }

        foreach ((string variable, string value) in environment)
        {
            start.Environment[variable] = value;
        }

        using Process process = Process.Start(start)!;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors);
    }
}
