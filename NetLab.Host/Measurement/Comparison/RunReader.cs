using System.Globalization;
using System.Text.Json;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Measurement.Saved;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Comparison;

/// <summary>
/// Reads measurements: what <c>nlab perf --save</c> and <c>--json</c> write, of this and every earlier version, iperf3's JSON, and flent's.
/// </summary>
internal static class RunReader
{
    private static readonly (string Name, double Percent)[] PercentileNames = [("p50", 50), ("p90", 90), ("p99", 99), ("p99_9", 99.9)];

    /// <summary>The runs in a file, or in all files of a folder, in the order of their names: a history.</summary>
    /// <exception cref="UsageException">It is no such file; the message names what is wrong where.</exception>
    public static IReadOnlyList<RunSeries> Read(string path)
    {
        if (Directory.Exists(path))
        {
            string[] files = [.. Directory.EnumerateFiles(path).Where(IsOfRuns).Order(StringComparer.Ordinal)];
            return files.Length > 0 ? [.. files.SelectMany(Read)] : throw new UsageException($"'{path}': there is no .json and no .json.gz in this folder");
        }

        using JsonDocument document = SavedRunFile.Read(path);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path, "$", "no measurement: an object is expected");
        }

        string? schema = Text(root, "schema");
        if (schema is not null && schema.StartsWith("netlab.", StringComparison.Ordinal) && schema is not ("netlab.run/1" or "netlab.perf/1"))
        {
            throw Wrong(path, "schema", $"'{schema}' is newer than this nlab, which reads netlab.run/1 and netlab.perf/1");
        }

        IReadOnlyList<RunSeries> runs = schema switch
        {
            "netlab.run/1" => Saved(path, root),
            "netlab.perf/1" => Perf(path, root, null, null),
            _ when root.TryGetProperty("intervals", out _) && root.TryGetProperty("end", out _) => [Iperf(path, root, [], 1)],
            _ when root.TryGetProperty("x_values", out _) && root.TryGetProperty("results", out _) => FlentReader.Read(path, root),
            _ => throw Wrong(path, "$", "no measurement of nlab, iperf3 or flent"),
        };
        return runs.Count > 0 ? runs : throw Wrong(path, "runs", "there is no run in it");
    }

    /// <summary>The runs of a document that has just been measured.</summary>
    public static IReadOnlyList<RunSeries> Of(PerfDocument document, ulong? seed)
    {
        using JsonDocument json = JsonSerializer.SerializeToDocument(document, PerfDocumentJson.Default.PerfDocument);
        return Perf("", json.RootElement, seed?.ToString(CultureInfo.InvariantCulture), null);
    }

    /// <summary>The runs of a document that <c>nlab perf --json</c> would print.</summary>
    /// <param name="document">The document.</param>
    /// <param name="name">What stands for the file's name.</param>
    public static IReadOnlyList<RunSeries> Of(JsonElement document, string name) => Perf(name, document, null, null);

    /// <summary>A mistake in a file.</summary>
    internal static UsageException Wrong(string path, string where, string why) => new($"'{path}': {where}: {why}");

    /// <summary>A number, or null if there is none.</summary>
    internal static double? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? NumberOf(value) : null;

    /// <summary>A text, or null if there is none.</summary>
    internal static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? NumberOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;

    private static bool IsOfRuns(string file) =>
        file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".json.gz", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".flent.gz", StringComparison.OrdinalIgnoreCase);

    private static IReadOnlyList<RunSeries> Saved(string path, JsonElement root)
    {
        if (!root.TryGetProperty("perf", out JsonElement perf))
        {
            throw Wrong(path, "perf", "is missing");
        }

        string? seed = Number(root, "seed")?.ToString("R", CultureInfo.InvariantCulture);
        if (root.TryGetProperty("seed", out JsonElement exact) && exact.ValueKind == JsonValueKind.Number)
        {
            seed = exact.GetRawText();
        }

        DateTimeOffset? at = DateTimeOffset.TryParse(Text(root, "saved_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : null;
        return Perf(path, perf, seed, at);
    }

    private static IReadOnlyList<RunSeries> Perf(string path, JsonElement document, string? seed, DateTimeOffset? at)
    {
        if (!document.TryGetProperty("runs", out JsonElement runs) || runs.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(path, "runs", "is missing");
        }

        var facts = new Dictionary<string, string>
        {
            ["link"] = Text(document, "link") ?? "none",
            ["segment size"] = Number(document, "segment_size")?.ToString(CultureInfo.InvariantCulture) ?? "",
        };
        var all = new List<RunSeries>();
        foreach (JsonElement run in runs.EnumerateArray())
        {
            string transport = Text(run, "transport") ?? throw Wrong(path, $"runs[{all.Count}].transport", "is missing");
            all.Add(Iperf(path, run, new(facts) { ["transport"] = transport }, (int)(Number(run, "round") ?? 1)) with { Seed = seed });
        }

        if (document.TryGetProperty("under_load", out JsonElement loads) && loads.ValueKind == JsonValueKind.Array)
        {
            // What was asked for then is the probe's round trip; the loads themselves are in the way of it.
            List<RunSeries> loading = all;
            all = [.. loads.EnumerateArray().Select((load, i) => Loaded(path, $"under_load[{i}]", load, FactsOfLoad(load, facts, loading)) with { Seed = seed })];
        }

        return [.. all.Select(run => run with { At = run.At ?? at })];
    }

    // What loads is known of the loads themselves.
    private static Dictionary<string, string> FactsOfLoad(JsonElement load, Dictionary<string, string> facts, List<RunSeries> loading)
    {
        var known = new Dictionary<string, string>(facts);
        if (loading.Find(run => run.Facts["transport"] == Text(load, "transport")) is { } run)
        {
            foreach (string key in (string[])["congestion", "version"])
            {
                if (run.Facts.TryGetValue(key, out string? fact))
                {
                    known[key] = fact;
                }
            }
        }

        return known;
    }

    private static RunSeries Loaded(string path, string where, JsonElement load, Dictionary<string, string> facts)
    {
        if (!load.TryGetProperty("samples", out JsonElement samples) || samples.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(path, $"{where}.samples", "is missing");
        }

        double? median = load.TryGetProperty("round_trip", out JsonElement trip) ? Number(trip, "p50") : null;
        return new RunSeries(
            path,
            new Dictionary<string, string>(facts) { ["transport"] = Text(load, "transport") ?? "", ["load"] = Text(load, "load") ?? "" },
            [
                .. samples.EnumerateArray().Select((sample, i) => new RunSample(Number(sample, "at") ?? throw Wrong(path, $"{where}.samples[{i}]", "there is no time in it"))
                {
                    Latency = Number(sample, "rtt") / 1_000,
                    Queue = Math.Max(Number(sample, "queue_up") ?? 0, Number(sample, "queue_down") ?? 0),
                }),
            ])
        {
            Headline = median,
            Unit = "µs",
            Round = (int)(Number(load, "round") ?? 1),
        };
    }

    // Ours has iperf3's names inside of a run.
    private static RunSeries Iperf(string path, JsonElement run, Dictionary<string, string> facts, int round)
    {
        string where = facts.Count > 0 ? $"runs, round {round}" : "$";
        if (!run.TryGetProperty("intervals", out JsonElement intervals) || intervals.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(path, $"{where}: intervals", "is missing");
        }

        if (!run.TryGetProperty("end", out JsonElement end) || end.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path, $"{where}: end", "is missing");
        }

        JsonElement start = run.TryGetProperty("start", out JsonElement begun) ? begun : default;
        if (!facts.ContainsKey("transport"))
        {
            string protocol = start.ValueKind == JsonValueKind.Object && start.TryGetProperty("test_start", out JsonElement test) ? Text(test, "protocol") ?? "TCP" : "TCP";
            facts["transport"] = $"iperf3 {protocol}";
        }

        if (Text(end, "sender_tcp_congestion") is { } congestion)
        {
            facts["congestion"] = congestion;
        }

        if (Text(run, "direction") is { } direction)
        {
            facts["direction"] = direction;
        }

        if (Text(start, "version") is { } version)
        {
            facts["version"] = version;
        }

        double? time = start.ValueKind == JsonValueKind.Object && start.TryGetProperty("timestamp", out JsonElement stamp) ? Number(stamp, "timesecs") : null;
        (double? headline, string unit) = Headline(end);
        return new RunSeries(path, facts, [.. intervals.EnumerateArray().Select((interval, i) => Sample(path, $"{where}: intervals[{i}]", interval))])
        {
            Headline = headline,
            Unit = unit,
            Limits = LimitsOf(end),
            Distribution = DistributionOf(path, where, end),
            Round = round,
            At = time is { } seconds and > 0 and < 1e11 ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null,
        };
    }

    private static IReadOnlyList<(string Name, double Percent)> LimitsOf(JsonElement end) =>
        end.TryGetProperty("limited_by_percent", out JsonElement limits) && limits.ValueKind == JsonValueKind.Object
            ? [.. PerfLimits.Names.Select(limit => (limit.Name, Number(limits, limit.Member) ?? 0))]
            : [];

    // Earlier versions saved four percentiles and no more.
    private static IReadOnlyList<(double Percent, double Milliseconds)> DistributionOf(string path, string where, JsonElement end)
    {
        if (!end.TryGetProperty("distribution", out JsonElement pairs) || pairs.ValueKind != JsonValueKind.Array)
        {
            return [.. PercentileNames.Where(p => Number(end, p.Name) is not null).Select(p => (p.Percent, Number(end, p.Name)!.Value / 1_000))];
        }

        var all = new List<(double Percent, double Milliseconds)>();
        foreach (JsonElement pair in pairs.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || NumberOf(pair[0]) is not { } percent || NumberOf(pair[1]) is not { } microseconds
                || percent is < 0 or > 100 || (all.Count > 0 && (percent <= all[^1].Percent || microseconds / 1_000 < all[^1].Milliseconds)))
            {
                throw Wrong(path, $"{where}: end.distribution[{all.Count}]", "a percentile and its microseconds are expected, both ascending");
            }

            all.Add((percent, microseconds / 1_000));
        }

        return all;
    }

    private static (double? Value, string Unit) Headline(JsonElement end) =>
        Number(end, "per_second") is { } connections ? (connections, "/s")
        : Number(end, "p50") is { } median ? (median, "µs")
        : end.TryGetProperty("sum_received", out JsonElement received) && Number(received, "bits_per_second") is { } bits ? (bits, "bit/s")
        : end.TryGetProperty("sum", out JsonElement sum) ? (Number(sum, "bits_per_second"), "bit/s")
        : (null, "bit/s");

    private static RunSample Sample(string path, string where, JsonElement interval)
    {
        if (!interval.TryGetProperty("sum", out JsonElement sum) || Number(sum, "start") is not { } start || Number(sum, "end") is not { } end)
        {
            throw RunReader.Wrong(path, where, "there is no sum with start and end in it");
        }

        // iperf3 keeps window and round trip with the streams; the windows add up, the round trip is the first one's.
        double? window = Positive(Number(sum, "snd_cwnd"));
        double? roundTrip = Positive(Number(sum, "rtt"));
        if (window is null && interval.TryGetProperty("streams", out JsonElement streams) && streams.ValueKind == JsonValueKind.Array && streams.GetArrayLength() > 0)
        {
            window = Positive(streams.EnumerateArray().Sum(s => Number(s, "snd_cwnd") ?? 0));
            roundTrip = Positive(Number(streams[0], "rtt"));
        }

        double? lost = Number(sum, "lost_packets") is { } datagrams and > 0 ? datagrams : Number(sum, "retransmits") ?? Number(sum, "lost_packets");
        return new RunSample((start + end) / 2)
        {
            Seconds = end - start,
            BitsPerSecond = Number(sum, "bits_per_second"),
            Window = window,
            Threshold = Positive(Number(sum, "snd_ssthresh")),
            InFlight = window is null ? null : Number(sum, "in_flight"),
            RoundTrip = roundTrip / 1_000,
            Latency = Number(sum, "probe_rtt") / 1_000,
            Queue = Number(sum, "queue_bytes"),
            Lost = lost,
        };
    }

    private static double? Positive(double? value) => value > 0 ? value : null;
}
