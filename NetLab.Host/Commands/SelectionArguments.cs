using System.CommandLine;
using System.Globalization;
using NetLab.Host.Captures;
using NetLab.Host.Settings;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Commands;

/// <summary>The options that choose packets of a capture.</summary>
internal sealed class SelectionArguments
{
    private readonly Option<string?> _filter = new("--filter", "-Y") { Description = "Only packets that match a display filter, as in Wireshark: tcp.port == 80 and http", HelpName = "EXPR" };
    private readonly Option<string?> _packets = new("--packets") { Description = "Only packets of these numbers: 7,10-20", HelpName = "NUMBERS" };
    private readonly Option<string?> _from = new("--from") { Description = "Only packets from this time on: 2026-01-31T12:00:00, seconds since 1970, or +1.5 s after the first", HelpName = "T" };
    private readonly Option<string?> _shard = new("--shard") { Description = "Only the I-th of N shares of the conversations: N runs, on N machines, are together one of all", HelpName = "I/N" };
    private readonly Option<string?> _to = new("--to") { Description = "Only packets up to this time", HelpName = "T" };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_filter);
        command.Add(_packets);
        command.Add(_from);
        command.Add(_to);
        command.Add(_shard);
    }

    /// <summary>The numbers that a command line chooses, as it says them; null for all.</summary>
    public string? NumbersOf(ParseResult parsed) => parsed.GetValue(_packets);

    /// <summary>The share that a command line chooses, which needs no capture to be understood; null for all.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public Shard? ReadShard(ParseResult parsed) => parsed.GetValue(_shard) is { } shard ? Shard.Parse(shard) : null;

    /// <summary>What a command line chooses.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="protocols">The protocols whose fields a filter may name.</param>
    /// <exception cref="UsageException">An expression, a number or a time makes no sense.</exception>
    public PacketSelection Read(ParseResult parsed, ProtocolRegistry protocols)
    {
        DisplayFilter? filter = null;
        if (parsed.GetValue(_filter) is { } text && text.Trim().Length > 0 && !DisplayFilter.TryParse(text, protocols, out filter, out string? error))
        {
            throw new UsageException($"--filter: {error}");
        }

        Moment? from = MomentFrom("--from", parsed.GetValue(_from));
        Moment? to = MomentFrom("--to", parsed.GetValue(_to));
        if (from is { } begin && to is { } end && begin.IsRelative == end.IsRelative && end.Nanoseconds < begin.Nanoseconds)
        {
            throw new UsageException($"--to '{parsed.GetValue(_to)}': is before --from '{parsed.GetValue(_from)}'");
        }

        return new PacketSelection(filter, parsed.GetValue(_packets) is { } numbers ? NumbersFrom(numbers) : null, from, to,
            ReadShard(parsed));
    }

    private static List<(long First, long Last)> NumbersFrom(string text)
    {
        var ranges = new List<(long, long)>();
        foreach (string part in text.Split(','))
        {
            int dash = part.IndexOf('-', StringComparison.Ordinal);
            string last = dash < 0 ? part : part[(dash + 1)..];
            bool isOpen = dash > 0 && last.Length == 0;
            if (!long.TryParse(dash < 0 ? part : part[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out long from)
                || !long.TryParse(isOpen ? $"{long.MaxValue}" : last, NumberStyles.None, CultureInfo.InvariantCulture, out long to)
                || from < 1 || to < from)
            {
                throw new UsageException($"--packets '{part}': packets are chosen like 7,10-20 and numbered from 1");
            }

            ranges.Add((from, to));
        }

        return ranges;
    }

    private static Moment? MomentFrom(string option, string? text)
    {
        if (text is null)
        {
            return null;
        }

        bool isRelative = text.StartsWith('+');
        return CaptureTime.TryParse(isRelative ? text[1..].TrimEnd('s') : text, out long nanoseconds)
            ? new Moment(nanoseconds, isRelative)
            : throw new UsageException($"{option} '{text}': a time looks like 2026-01-31T12:00:00.5, 1790000000.5 or +1.5");
    }
}
