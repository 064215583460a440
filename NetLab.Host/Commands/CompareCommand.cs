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
        var before = new Argument<string>("A") { Description = "A saved run, or several rounds of it" };
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
                foreach (RunDifference difference in differences)
                {
                    Console.WriteLine(Line(difference));
                }
            }

            // With a share, the whole interval has to lie below it: noise alone never fails a build.
            return differences.Any(d => share is { } least && !d.IsSame && d.Change < -least && d.High < 0) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    private static string Line(RunDifference d) => string.Create(
        CultureInfo.InvariantCulture,
        $"{d.Name}: {Figure(d.Before, d.Unit)} ± {100 * d.SpreadBefore:F1} % → {Figure(d.After, d.Unit)} ± {100 * d.SpreadAfter:F1} %: {Verdict(d)} (95 %: {100 * d.Low:+0.0;-0.0;0.0} to {100 * d.High:+0.0;-0.0;0.0} %, {(d.Rounds == 1 ? "1 round: over its intervals" : $"{d.Rounds} rounds")})");

    private static string Verdict(RunDifference d) => d.IsSame
        ? "the same within noise"
        : string.Create(CultureInfo.InvariantCulture, $"{100 * Math.Abs(d.Change):F1} % {(d.Change < 0 ? "slower" : "faster")}");

    private static string Figure(double value, string unit) => unit switch
    {
        "bit/s" => Units.Rate(value),
        "µs" => Units.Short(TimeSpan.FromMicroseconds(value)),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:F0}{unit}"),
    };
}
