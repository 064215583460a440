using System.Text.Json;
using NetLab.Host.Measurement.Links;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab link --self-test</c>: how exact the link is on this machine.</summary>
internal static class LinkSelfTestOutput
{
    /// <summary>Measures and prints.</summary>
    /// <returns>0 if all limits are kept, else 1.</returns>
    public static async Task<int> RunAsync(ulong seed, bool json, CancellationToken cancellationToken)
    {
        var rows = new List<LinkAccuracy>();
        var test = new LinkSelfTest(seed);
        await foreach (LinkAccuracy row in test.RunAsync(cancellationToken).ConfigureAwait(false))
        {
            await Console.Error.WriteLineAsync($"{row.What} {row.Measured}").ConfigureAwait(false);
            rows.Add(row);
        }

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(rows, LinkAccuracyJson.Default.IReadOnlyListLinkAccuracy));
        }
        else
        {
            new ColumnTable<LinkAccuracy>(
            [
                new("asked", row => row.What) { IsText = true, Rank = 0 },
                new("measured", row => row.Measured) { IsText = true },
                new("limit", row => row.Limit) { IsText = true, Rank = 2 },
                new("", row => row.Limit == "-" ? "" : row.IsKept ? "kept" : "MISSED") { IsText = true, Rank = 0 },
                new("tc tbf", row => row.Tc ?? "-") { IsText = true, Rank = 3 },
                new("socat", row => row.Socat ?? "-") { IsText = true, Rank = 3 },
            ]).Write(Terminal.Out, rows);
        }

        foreach (string note in test.Notes)
        {
            await Console.Error.WriteLineAsync(note).ConfigureAwait(false);
        }

        return rows.TrueForAll(row => row.IsKept) ? ExitCode.Done : ExitCode.Failed;
    }
}
