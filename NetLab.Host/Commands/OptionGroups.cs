namespace NetLab.Host.Commands;

/// <summary>The options of a verb that has many, in groups: what is its own first, what all have last.</summary>
internal static class OptionGroups
{
    // Fewer are seen at a glance.
    private const int MinOptions = 8;

    private const string Own = "Options:";

    private static readonly (string Heading, string[] Options)[] Groups =
    [
        ("Which packets:",
            ["--count", "--packet", "--packets", "--filter", "--display-filter", "--interface", "--from", "--to", "--shard", "--at", "--stream"]),
        ("The link:", ["--link", "--schedule", "--record", "--namespaces"]),
        ("How streams work:", ["--congestion", "--ecn", "--mtu-search", "--poll"]),
        ("What is written:",
            ["--json", "--json-iperf3", "--csv", "--tsv", "--columns", "--summary", "--hex", "--layer", "--plot", "--save", "--output", "--out", "--report", "--write", "--parquet", "--partition", "--tables", "--by-file", "--arrow",
             "--ladder", "--log", "--rotate-size", "--rotate-time", "--files"]),
        ("Recordings:", ["--pcap", "--pcap-as-tcp", "--qlog"]),
        ("Always there:", ["--seed", "--timeout", "--verbose", "--allow-remote", "--help", "--color", "--version"]),
    ];

    /// <summary>Puts the lines of a help's options below the headings of their groups.</summary>
    /// <param name="lines">The help, line by line.</param>
    public static IEnumerable<string> Arrange(IEnumerable<string> lines)
    {
        List<string> help = [.. lines];
        int begin = help.IndexOf(Own);
        int end = begin < 0 ? -1 : help.FindIndex(begin, line => line.Length == 0);
        if (begin < 0)
        {
            return help;
        }

        end = end < 0 ? help.Count : end;
        List<List<string>> options = [];
        foreach (string line in help[(begin + 1)..end])
        {
            // What does not begin with an option goes on with the one before.
            if (line.TrimStart().StartsWith('-') && line.Length - line.TrimStart().Length <= 2)
            {
                options.Add([line]);
            }
            else
            {
                options.LastOrDefault()?.Add(line);
            }
        }

        if (options.Count < MinOptions)
        {
            return help;
        }

        IEnumerable<string> grouped = options.GroupBy(GroupOf).OrderBy(group => group.Key)
            .SelectMany(group => group.SelectMany(option => option).Prepend(group.Key < 0 ? Own : Groups[group.Key].Heading).Append(""));
        return [.. help[..begin], .. grouped, .. help[Math.Min(end + 1, help.Count)..]];
    }

    // -1 for none: the verb's own.
    private static int GroupOf(List<string> option)
    {
        string[] names = [.. option[0].Split("  ", StringSplitOptions.RemoveEmptyEntries)[0].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Where(word => word[0] == '-')];
        return Array.FindIndex(Groups, group => names.Any(group.Options.Contains));
    }
}
