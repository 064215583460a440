using System.Globalization;
using System.Text;
using NetLab.Host.Experiments.Networks;

namespace NetLab.Host.Experiments.Reports;

/// <summary>An experiment and its results as lines of text.</summary>
internal static class ExperimentText
{
    public const int Width = 80;

    /// <summary>The question and what can be set.</summary>
    public static IEnumerable<string> Before(Experiment experiment)
    {
        yield return $"{experiment.Title} ({experiment.Name})";
        foreach (string line in Wrap(experiment.Summary))
        {
            yield return line;
        }

        yield return "";
        foreach (string line in Wrap("Predict: " + experiment.Question))
        {
            yield return line;
        }
    }

    /// <summary>The figures beside the laws.</summary>
    public static IEnumerable<string> Laws(IReadOnlyList<Law> laws, IReadOnlyList<Measure> measures)
    {
        if (laws.Count == 0 && measures.Count == 0)
        {
            yield break;
        }

        int name = Math.Min(37, laws.Select(l => l.Name.Length).Concat(measures.Select(m => m.Name.Length)).Max());
        if (laws.Count > 0)
        {
            yield return $"   {"law".PadRight(name)} {"expected",21} {"got",12}";
        }

        foreach (Law law in laws)
        {
            string[] lines = [.. Wrap(law.Name, name)];
            yield return $" {(law.Holds ? '✓' : '✗')} {lines[0].PadRight(name)} {Expected(law),21} {Quantity(law.Got, law.Unit, law.IsStatement),12}";
            foreach (string line in lines.Skip(1))
            {
                yield return "   " + line;
            }
        }

        foreach (Measure measure in measures)
        {
            yield return $"   {measure.Name.PadRight(name)} {"",21} {Quantity(measure.Value, measure.Unit, false),12}";
        }
    }

    /// <summary>What agrees with a law.</summary>
    public static string Band(Law law) => double.IsFinite(law.High)
        ? $"{Number(law.Low)} to {Number(law.High)}{Unit(law.Unit)}"
        : $"at least {Number(law.Low)}{Unit(law.Unit)}";

    /// <summary>One line a law: expected, band, got.</summary>
    public static string Line(Law law)
    {
        string expected = law.Expected is { } value ? Quantity(value, law.Unit, law.IsStatement) : "-";
        return $"{(law.Holds ? "holds" : "FAILS")}  {law.Name}: expected {expected}, band {Band(law)}, got {Quantity(law.Got, law.Unit, law.IsStatement)} [{law.Source}]";
    }

    /// <summary>What each flow's sender waited for: a flow with its name, and a share of the time for each limit. Empty where there are no flows.</summary>
    public static IReadOnlyList<(string Flow, string Limits)> Bounds(IReadOnlyList<LabNetwork> networks)
    {
        var all = new List<(string, string)>();
        LabFlow[][] flows = [.. networks.Select(n => n.Flows.ToArray()).Where(f => f.Length > 0)];
        for (int i = 0; i < flows.Length; i++)
        {
            foreach (LabFlow flow in flows[i])
            {
                // Networks of one lesson often have the same names: their number tells them apart.
                string name = flows.Length > 1 && flows.Count(other => other.Any(f => f.Name == flow.Name)) > 1 ? string.Create(CultureInfo.InvariantCulture, $"{flow.Name}, network {i + 1}") : flow.Name;
                if (flow.Limits().ToString() is { Length: > 0 } limits)
                {
                    all.Add((name, limits));
                }
            }
        }

        return all;
    }

    /// <summary>What bound the flows, in few lines.</summary>
    public static IEnumerable<string> BoundLines(IReadOnlyList<(string Flow, string Limits)> bounds)
    {
        const int Most = 6;
        foreach ((string flow, string limits) in bounds.Take(bounds.Count > Most ? Most - 1 : Most))
        {
            foreach (string line in Wrap($"Bound: {flow}: {limits}"))
            {
                yield return line;
            }
        }

        if (bounds.Count > Most)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"… and {bounds.Count - Most + 1} flows more: --report and --json have all of them");
        }
    }

    /// <summary>Why it came out so, and where that stands.</summary>
    public static IEnumerable<string> After(Experiment experiment)
    {
        foreach (string line in Wrap(experiment.Explanation))
        {
            yield return line;
        }

        foreach (string line in Wrap("Sources: " + string.Join("; ", experiment.Sources)))
        {
            yield return line;
        }
    }

    /// <summary>A value with its unit, four digits that matter.</summary>
    public static string Quantity(double value, string unit, bool isStatement) => isStatement ? (value == 1 ? "yes" : "no") : Number(value) + Unit(unit);

    public static string Number(double value) => double.IsNaN(value)
        ? "nothing"
        : Math.Abs(value) >= 1e6 || value == Math.Truncate(value)
            ? value.ToString("0", CultureInfo.InvariantCulture)
            : value.ToString(Math.Abs(value) switch { >= 1000 => "0", >= 100 => "0.#", >= 10 => "0.##", >= 1 => "0.###", _ => "0.####" }, CultureInfo.InvariantCulture);

    /// <summary>Breaks a text into lines at its blanks.</summary>
    public static IEnumerable<string> Wrap(string text, int width = Width)
    {
        var line = new StringBuilder();
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }

    private static string Expected(Law law) =>
        law.IsStatement ? "yes"
        : law.Expected is { } value ? Quantity(value, law.Unit, false)
        : Band(law);

    private static string Unit(string unit) => unit.Length == 0 ? "" : " " + unit;
}
