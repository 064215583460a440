using System.Globalization;
using System.Text.Json;

namespace NetLab.Host.Measurement.Comparison;

/// <summary>Reads flent's data files: named series over common moments.</summary>
internal static class FlentReader
{
    /// <summary>A run a series: those in ms are latencies, those in Mbits/s throughputs.</summary>
    public static IReadOnlyList<RunSeries> Read(string path, JsonElement root)
    {
        if (root.GetProperty("x_values").ValueKind != JsonValueKind.Array || root.GetProperty("results").ValueKind != JsonValueKind.Object)
        {
            throw RunReader.Wrong(path, "x_values, results", "a list and an object are expected");
        }

        double?[] moments = [.. root.GetProperty("x_values").EnumerateArray().Select(Value)];
        JsonElement metadata = root.TryGetProperty("metadata", out JsonElement described) ? described : default;
        JsonElement units = metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("SERIES_META", out JsonElement series) ? series : default;
        DateTimeOffset? at = DateTimeOffset.TryParse(RunReader.Text(metadata, "TIME"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : null;
        var runs = new List<RunSeries>();
        foreach (JsonProperty result in root.GetProperty("results").EnumerateObject())
        {
            if (result.Value.ValueKind != JsonValueKind.Array)
            {
                throw RunReader.Wrong(path, $"results.{result.Name}", "a list is expected");
            }

            bool isLatency = IsLatency(units, result.Name);
            double?[] values = [.. result.Value.EnumerateArray().Select(Value)];
            RunSample[] samples =
            [
                .. moments.Zip(values).Where(pair => pair is { First: not null, Second: not null }).Select(pair => new RunSample(pair.First!.Value)
                {
                    BitsPerSecond = isLatency ? null : pair.Second * 1e6,
                    Latency = isLatency ? pair.Second : null,
                }),
            ];
            if (samples.Length == 0)
            {
                continue;
            }

            double middle = samples.Select(s => (isLatency ? s.Latency * 1_000 : s.BitsPerSecond)!.Value).Order().ElementAt(samples.Length / 2);
            var facts = new Dictionary<string, string> { ["transport"] = $"flent {RunReader.Text(metadata, "NAME")}".Trim(), ["series"] = result.Name };
            if (RunReader.Text(metadata, "TITLE") is { Length: > 0 } title)
            {
                facts["title"] = title;
            }

            runs.Add(new RunSeries(path, facts, samples) { Headline = middle, Unit = isLatency ? "µs" : "bit/s", At = at });
        }

        return runs;
    }

    private static bool IsLatency(JsonElement units, string name) =>
        units.ValueKind == JsonValueKind.Object && units.TryGetProperty(name, out JsonElement series) && RunReader.Text(series, "UNITS") is { } unit
            ? unit == "ms"
            : name.Contains("ping", StringComparison.OrdinalIgnoreCase);

    private static double? Value(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double value) && double.IsFinite(value) ? value : null;
}
