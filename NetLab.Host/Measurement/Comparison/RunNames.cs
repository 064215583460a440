namespace NetLab.Host.Measurement.Comparison;

/// <summary>Names for runs beside each other: what differs is the name, what is common the title.</summary>
internal sealed class RunNames
{
    private static readonly string[] Order = ["transport", "load", "congestion", "direction", "link", "segment size", "series", "title", "version", "file", "round"];
    private readonly Dictionary<RunSeries, string> _names = new(ReferenceEqualityComparer.Instance);

    // Of links that differ, the words that all of them have.
    private readonly string[] _commonWords;

    // The keys of the others.
    private readonly string[] _otherKeys;

    /// <summary>Names them.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="roundsAreOne">Whether rounds of the same have one name.</param>
    public RunNames(IReadOnlyList<RunSeries> runs, bool roundsAreOne = false)
    {
        _commonWords = [.. runs.Select(run => WordsOf(Fact(run, "link"))).Aggregate((IEnumerable<string>)WordsOf(Fact(runs[0], "link")), (all, words) => all.Intersect(words))];
        _otherKeys = [.. runs.SelectMany(run => WordsOf(Fact(run, "link"))).Except(_commonWords).Select(word => word.Split('=')[0]).Distinct()];
        List<string> keys = [.. Order.Where(key => runs.Select(run => Fact(run, key)).Distinct().Count() > 1)];
        IEnumerable<string> common = Order.Where(key => key is not ("version" or "file" or "round") && !keys.Contains(key)).Select(key => Show(key, Fact(runs[0], key)));

        // The seed of all stands in the corner.
        string link = keys.Contains("link") ? string.Join(',', _commonWords.Where(word => !word.StartsWith("seed=", StringComparison.Ordinal))) : "";
        if (roundsAreOne)
        {
            keys.Remove("round");
        }

        Title = string.Join(", ", common.Append(link).Where(text => text.Length > 0));

        // A version, a file or a round is named only where nothing else tells them apart.
        foreach (string key in (string[])["round", "file", "version"])
        {
            if (keys.Count > 1 && keys.Contains(key) && AreDistinct(runs, keys.Where(k => k != key)))
            {
                keys.Remove(key);
            }
        }

        foreach (RunSeries run in runs)
        {
            string name = string.Join(", ", keys.Select(key => key == "link" ? OwnWords(run) : Show(key, Fact(run, key))).Where(text => text.Length > 0));
            _names[run] = name.Length > 0 ? name : Fact(run, "transport");
        }
    }

    /// <summary>What all have in common.</summary>
    public string Title { get; }

    /// <summary>The name of one of them.</summary>
    public string Of(RunSeries run) => _names[run];

    // A link that has no words but the common ones is known by what it does without.
    private string OwnWords(RunSeries run)
    {
        string own = string.Join(',', WordsOf(Fact(run, "link")).Except(_commonWords));
        return own.Length > 0 ? own : _otherKeys.Length > 0 ? $"without {string.Join(", ", _otherKeys)}" : "";
    }

    private static string[] WordsOf(string link) => link is "" or "none" ? [] : link.Split(',', StringSplitOptions.TrimEntries);

    private static bool AreDistinct(IReadOnlyList<RunSeries> runs, IEnumerable<string> keys)
    {
        string[] chosen = [.. keys];
        return runs.Select(run => string.Join('\0', chosen.Select(key => Fact(run, key)))).Distinct().Count() == runs.Count;
    }

    private static string Fact(RunSeries run, string key) => key switch
    {
        "file" => Path.GetFileName(run.File),
        "round" => $"{run.Round}",
        _ => run.Facts.GetValueOrDefault(key) ?? "",
    };

    private static string Show(string key, string value) => (key, value) switch
    {
        (_, "") or ("link", "none") => "",
        ("link", _) => string.Join(',', WordsOf(value).Where(word => !word.StartsWith("seed=", StringComparison.Ordinal))),
        ("segment size", _) => $"{value}-byte segments",
        ("round", _) => $"round {value}",
        _ => value,
    };
}
