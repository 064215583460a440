using System.Text.Json;
using NetLab.Host.Measurement.Links;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using Spectre.Console;

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
            var table = new Table().RoundedBorder().AddColumns("asked", "measured", "limit", "");
            foreach (LinkAccuracy row in rows)
            {
                table.AddRow(row.What, row.Measured, row.Limit, row.IsKept ? "kept" : "MISSED");
            }

            Terminal.Out.Write(table);
        }

        return rows.TrueForAll(row => row.IsKept) ? ExitCode.Done : ExitCode.Failed;
    }
}
