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
        await foreach (LinkAccuracy row in new LinkSelfTest(seed).RunAsync(cancellationToken).ConfigureAwait(false))
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
                new("", row => row.IsKept ? "kept" : "MISSED") { IsText = true, Rank = 0 },
            ]).Write(Terminal.Out, rows);
        }

        return rows.TrueForAll(row => row.IsKept) ? ExitCode.Done : ExitCode.Failed;
    }
}
