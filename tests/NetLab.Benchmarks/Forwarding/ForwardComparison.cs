using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace NetLab.Benchmarks.Forwarding;

/// <summary>
/// <c>forward [ROUNDS] [SECONDS]</c>: what <c>nlab forward</c> between two of the kernel's TCP lets through, beside socat, in turns; and whether
/// programs of others get on through it, a thousand connections at once, and NetLab's TCP on a link that loses 5 %. Prints the table of the
/// README. What is not installed is left out, and said.
/// </summary>
internal static partial class ForwardComparison
{
    private const string Link = "delay=10ms,loss=5%,seed=7";
    private const int Connections = 1000;

    // Less than that share of socat's throughput is a fault.
    private const double LeastOfSocat = 0.5;
    private const int FileSize = 2 << 20;

    /// <summary>Runs it.</summary>
    /// <returns>0; 1 if something did not get through.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        var time = TimeSpan.FromSeconds(arguments.Length > 1 ? double.Parse(arguments[1], CultureInfo.InvariantCulture) : 2);
        List<(string What, string Got, bool IsRight)> rows = [await ThroughputAsync(rounds, time).ConfigureAwait(false)];
        byte[] file = RandomNumberGenerator.GetBytes(FileSize);
        WebApplication web = Serve(file);
        await using (web.ConfigureAwait(false))
        {
            await web.StartAsync().ConfigureAwait(false);
            int port = new Uri(web.Urls.First()).Port;
            await AddAsync(rows, "wrk", () => ManyAsync(port)).ConfigureAwait(false);
            await AddAsync(rows, "wrk", () => ManyAsync(port, Link)).ConfigureAwait(false);
            await AddAsync(rows, "curl", () => CurlAsync(port, file)).ConfigureAwait(false);
        }

        await AddAsync(rows, "iperf3", IperfAsync).ConfigureAwait(false);
        await AddAsync(rows, "psql", PostgresAsync).ConfigureAwait(false);
        await AddAsync(rows, "sshd", SshAsync).ConfigureAwait(false);
        Console.WriteLine();
        Console.WriteLine("| through `nlab forward kernel-tcp://… kernel-tcp://…` | |");
        Console.WriteLine("|---|---|");
        foreach ((string what, string got, _) in rows)
        {
            Console.WriteLine($"| {what} | {got} |");
        }

        return rows.TrueForAll(row => row.IsRight) ? 0 : 1;
    }

    private static async Task AddAsync(List<(string What, string Got, bool IsRight)> rows, string program, Func<Task<(string What, string Got, bool IsRight)>> run)
    {
        if (!OtherPrograms.IsInstalled(program) && !File.Exists($"/usr/sbin/{program}"))
        {
            Console.Error.WriteLine($"{program} is not installed: left out");
            return;
        }

        rows.Add(await run().ConfigureAwait(false));
        Console.Error.WriteLine($"{rows[^1].What}: {rows[^1].Got}{(rows[^1].IsRight ? "" : "  WRONG")}");
    }

    private static async Task<(string What, string Got, bool IsRight)> ThroughputAsync(int rounds, TimeSpan time)
    {
        using var load = new StreamLoad();
        using Forwarder ours = await Forwarder.StartAsync(load.Port).ConfigureAwait(false);
        using Forwarder? socat = await Forwarder.StartSocatAsync(load.Port, OtherPrograms.FreePort()).ConfigureAwait(false);
        List<(double Direct, double Ours, double? Socat)> results = [];
        for (int round = 1; round <= rounds; round++)
        {
            results.Add((load.Measure(load.Port, time), load.Measure(ours.Port, time), socat is null ? null : load.Measure(socat.Port, time)));
            Console.Error.WriteLine($"round {round}: direct {Rate(results[^1].Direct)}, nlab forward {Rate(results[^1].Ours)}, socat {(results[^1].Socat is { } one ? Rate(one) : "-")}");
        }

        double median = Median(results.Select(r => r.Ours));
        string direct = $"{Rate(median)}; without it {Rate(Median(results.Select(r => r.Direct)))}";
        double ratio = socat is null ? 1 : Median(results.Select(r => r.Ours / r.Socat!.Value));
        return socat is null
            ? ("one stream, flat out", direct, true)
            : ("one stream, flat out", string.Create(CultureInfo.InvariantCulture, $"{direct}, by socat {Rate(Median(results.Select(r => r.Socat!.Value)))}: {ratio:F2} of socat"), ratio >= LeastOfSocat);
    }

    private static async Task<(string What, string Got, bool IsRight)> ManyAsync(int port, string? link = null)
    {
        using Forwarder ours = await Forwarder.StartAsync(port, link).ConfigureAwait(false);

        // What is lost is sent again, at times more than once: two seconds, wrk's own patience, are too few for that.
        (bool isRight, string output) = await OtherPrograms.RunAsync("wrk", "-t2", $"-c{Connections}", "-d10s", "--timeout", link is null ? "2s" : "30s", $"http://127.0.0.1:{ours.Port}/").ConfigureAwait(false);
        string errors = SocketErrors().Match(output).Value;
        string refused = output.Contains("Non-2xx", StringComparison.Ordinal) ? ", answers that are errors" : "";
        string rate = PerSecond().Match(output).Groups[1].Value;
        return ($"wrk, {Connections:N0} connections{(link is null ? "" : $", on a link with {Shown}")}", $"{double.Parse(rate, CultureInfo.InvariantCulture):N0} requests/s{(errors.Length > 0 ? $", {errors}" : ", no error")}{refused}", isRight && errors.Length == 0 && refused.Length == 0);
    }

    private static async Task<(string What, string Got, bool IsRight)> CurlAsync(int port, byte[] file)
    {
        using Forwarder ours = await Forwarder.StartAsync(port, Link).ConfigureAwait(false);
        string path = Path.GetTempFileName();
        var clock = Stopwatch.StartNew();
        (bool isRight, _) = await OtherPrograms.RunAsync("curl", "-s", "-o", path, $"http://127.0.0.1:{ours.Port}/file").ConfigureAwait(false);
        double seconds = clock.Elapsed.TotalSeconds;
        byte[] got = await File.ReadAllBytesAsync(path).ConfigureAwait(false);
        File.Delete(path);
        bool isSame = got.AsSpan().SequenceEqual(file);
        return ("curl, a file of 2 MiB, on a link with " + Shown, string.Create(CultureInfo.InvariantCulture, $"{(isSame ? "whole" : "NOT WHOLE")}, in {seconds:F1} s"), isRight && isSame);
    }

    private static async Task<(string What, string Got, bool IsRight)> IperfAsync()
    {
        int port = OtherPrograms.FreePort();
        using Process server = Process.Start(new ProcessStartInfo("iperf3", ["-s", "-p", $"{port}"]) { RedirectStandardOutput = true })!;
        try
        {
            await OtherPrograms.UntilListeningAsync(port).ConfigureAwait(false);
            using Forwarder ours = await Forwarder.StartAsync(port, Link).ConfigureAwait(false);
            (bool isRight, string output) = await OtherPrograms.RunAsync("iperf3", "-c", "127.0.0.1", "-p", $"{ours.Port}", "-t", "5", "--json").ConfigureAwait(false);
            if (!isRight)
            {
                return ("iperf3 on the same link", output.ReplaceLineEndings(" "), false);
            }

            using JsonDocument document = JsonDocument.Parse(output);
            double rate = document.RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble();
            return ("iperf3 on the same link", $"{Rate(rate)} received", rate > 0);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync().ConfigureAwait(false);
        }
    }

    private static async Task<(string What, string Got, bool IsRight)> PostgresAsync()
    {
        const string Question = "select count(*), sum(length(t)) from (select string_agg(md5(i::text), '') as t from generate_series(1, 20000) i) s; select string_agg(md5(i::text), '') from generate_series(1, 20000) i";
        using TemporaryDatabase? database = await TemporaryDatabase.TryStartAsync().ConfigureAwait(false);
        if (database is null)
        {
            return ("psql on the same link", "no server could be started", true);
        }

        using Forwarder ours = await Forwarder.StartAsync(database.Port, Link).ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        (bool isRight, string output) = await OtherPrograms.RunAsync("psql", "-h", "127.0.0.1", "-p", $"{ours.Port}", "-U", "postgres", "-Atq", "-c", Question).ConfigureAwait(false);
        bool isWhole = output.Split('\n') is ["1|640000", { Length: 640_000 }, ..];
        return ("psql on the same link, an answer of 640,000 bytes", string.Create(CultureInfo.InvariantCulture, $"{(isWhole ? "whole" : "NOT WHOLE")}, in {clock.Elapsed.TotalSeconds:F1} s"), isRight && isWhole);
    }

    private static async Task<(string What, string Got, bool IsRight)> SshAsync()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("nlab-sshd-");
        int port = OtherPrograms.FreePort();
        string key = Path.Combine(folder.FullName, "key");
        await OtherPrograms.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).ConfigureAwait(false);
        Directory.CreateDirectory("/run/sshd");
        using Process server = Process.Start("/usr/sbin/sshd", ["-D", "-f", "/dev/null", "-h", key, "-p", $"{port}", "-o", "ListenAddress=127.0.0.1", "-o", "PidFile=none"]);
        try
        {
            await OtherPrograms.UntilListeningAsync(port).ConfigureAwait(false);
            using Forwarder ours = await Forwarder.StartAsync(port, Link).ConfigureAwait(false);
            (bool isRight, string output) = await OtherPrograms.RunAsync("ssh-keyscan", "-T", "20", "-t", "ed25519", "-p", $"{ours.Port}", "127.0.0.1").ConfigureAwait(false);
            string wanted = (await File.ReadAllTextAsync(key + ".pub").ConfigureAwait(false)).Split(' ')[1];
            bool isSame = output.Contains(wanted, StringComparison.Ordinal);
            return ("ssh on the same link: banner, key exchange, host key", isSame ? $"{Banner().Match(output).Value}, its key" : output.ReplaceLineEndings(" "), isRight && isSame);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync().ConfigureAwait(false);
            folder.Delete(recursive: true);
        }
    }

    private static WebApplication Serve(byte[] file)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication web = builder.Build();
        web.MapGet("/", () => "hello");
        web.MapGet("/file", () => Results.Bytes(file));
        return web;
    }

    private static string Shown => string.Join(" and ", Link.Split(',')[..2]);

    private static string Rate(double bits) => bits >= 1e9
        ? string.Create(CultureInfo.InvariantCulture, $"{bits / 1e9:F2} Gbit/s")
        : string.Create(CultureInfo.InvariantCulture, $"{bits / 1e6:F1} Mbit/s");

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex("Socket errors: .*")]
    private static partial Regex SocketErrors();

    [GeneratedRegex(@"SSH-2\.0-\S+")]
    private static partial Regex Banner();
}
