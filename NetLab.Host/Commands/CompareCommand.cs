using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NetLab.Host.Measurement.Comparison;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Udp.Text;

namespace NetLab.Host.Commands;

/// <summary><c>nlab compare A B</c>: whether one saved run is faster than another, or the same within noise.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var before = new Argument<string>("A") { Description = "A saved run, or several rounds of it, or a folder of them" };
        var after = new Argument<string>("B") { Description = "What is compared with it" };
        var limit = new Option<string?>("--fail-if-slower") { Description = "Exit 1 if B is slower than A by more than that, for certain", HelpName = "SHARE" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = new Command("compare", "Medians, spread and difference of two saved runs. Try: nlab compare a.json b.json --fail-if-slower 5%") { before, after, limit, json };
        command.SetAction(parsed =>
        {
            string? text = parsed.GetValue(limit);
            double? share = text is null ? null
                : Quantity.TryParseShare(text, out double value) ? value
                : throw new UsageException($"--fail-if-slower '{text}': a share looks like 5% or 0.05");
            IReadOnlyList<RunDifference> differences = RunComparison.Of(RunReader.Read(parsed.GetRequiredValue(before)), RunReader.Read(parsed.GetRequiredValue(after)));
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(differences, RunDifferenceJson.Default.IReadOnlyListRunDifference));
            }
            else
            {
                Table.Write(Terminal.Out, [.. differences]);
                if (differences.Any(d => d.Low is null))
                {
                    Console.WriteLine($"Fewer than {RunDifference.MinValues} rounds a side tell nothing for certain: measure with --rounds {RunDifference.MinValues} or more.");
                }
            }

            // With a share, the whole interval has to lie below zero: noise alone never fails a build.
            return differences.Any(d => share is { } least && d.IsCertain && d.Change < -least) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    private static ColumnTable<RunDifference> Table { get; } = new(
    [
        new("what", d => d.Name) { IsText = true, Rank = 0 },
        new("A", d => Figure(d.Before, d.Unit)) { Rank = 0 },
        new("± A", d => Percent(d.SpreadBefore)) { Rank = 2 },
        new("B", d => Figure(d.After, d.Unit)) { Rank = 0 },
        new("± B", d => Percent(d.SpreadAfter)) { Rank = 2 },
        new("B is", Verdict) { IsText = true, Rank = 0 },
        new("95 %", d => d is { Low: { } low, High: { } high } ? string.Create(CultureInfo.InvariantCulture, $"{100 * low:+0.0;-0.0;0.0} to {100 * high:+0.0;-0.0;0.0} %") : "too few rounds") { IsText = true, Rank = 1 },
        new("over", Basis) { IsText = true, Rank = 3 },
    ]);

    private static string Percent(double? share) => share is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} %");

    private static string Basis(RunDifference d) => (d.IsOfPieces, d.Rounds) switch
    {
        (true, 1) => "1 round's intervals",
        (true, _) => $"{d.Rounds} rounds' intervals",
        (false, 1) => "1 round",
        _ => $"{d.Rounds} rounds",
    };

    private static string Verdict(RunDifference d) => d.IsSame
        ? "the same within noise"
        : (d.IsCertain ? "" : "perhaps ") + string.Create(CultureInfo.InvariantCulture, $"{100 * Math.Abs(d.Change):F1} % {(d.Change < 0 ? "slower" : "faster")}");

    private static string Figure(double value, string unit) => unit switch
    {
        "bit/s" => Units.Rate(value),
        "µs" => Units.Short(TimeSpan.FromMicroseconds(value)),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:F0}{unit}"),
    };
}
