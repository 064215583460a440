using System.Globalization;
using NetLab.Udp.Links.Lines;
using NetLab.Udp.Links.Paths;

namespace NetLab.Udp.Links;

/// <summary>Reads the one string that describes a link, the same in every command and in configuration.</summary>
/// <param name="openTrace">Reads the file of a trace; null where files may not be named.</param>
internal sealed class LinkStringParser(LinkTraceOpener? openTrace)
{
    private readonly HashSet<string> _said = [];
    private LinkDescription _link = new();
    private string? _error;

    /// <summary>Reads a string.</summary>
    /// <param name="text">The string.</param>
    /// <param name="before">The link that it changes.</param>
    /// <param name="link">What it says.</param>
    /// <param name="error">What is wrong with which word, or null.</param>
    public bool TryParse(string text, LinkDescription before, out LinkDescription link, out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        link = _link = before;
        List<LinkWord> words = LinkWord.Split(text);

        // A profile and a discipline are what the other words change, wherever they stand.
        bool done = words.Where(word => word.Value is null).All(TryFlag)
            && words.Where(word => word.Key == "aqm" && word.Value is not null).All(TryApply)
            && words.Where(word => word.Key != "aqm" && word.Value is not null).All(TryApply)
            && words.All(HasEffect);
        error = done ? null : _error;
        link = done ? _link : before;
        return done;
    }

    private bool TryFlag(LinkWord word)
    {
        if (word.Key is "down" or "up")
        {
            Change(word, direction => direction with { IsDown = word.Key == "down" });
            return true;
        }

        if (word.Prefix.Length == 0 && LinkProfile.Find(word.Key) is { } profile)
        {
            return TryOnce(word, "profile") && new LinkStringParser(null).TryParse(profile.Text, _link, out _link, out _error);
        }

        return Fail(word, $"not key=value (keys: {LinkKeys.Names}), 'down', 'up' or a profile ({LinkProfile.Names})");
    }

    private bool TryApply(LinkWord word)
    {
        switch (word.Key)
        {
            case "seed":
                return TrySeed(word);
            case "trace":
                return TryOnce(word, "trace") && TryTrace(word);
            case "replay":
                return TryOnce(word, "replay") && TryReplay(word);
            case "drop" or "copy" or "damage" or "hold":
                break;
            default:
                if (!TryOnce(word, word.Key == "jitter-reorder" ? "jitter" : word.Key))
                {
                    return false;
                }

                break;
        }

        if (LinkKeys.Find(word.Key) is not { } key)
        {
            return Fail(word, $"unknown key '{word.Key}' (keys: {LinkKeys.Names}; up. or down. in front sets one direction)");
        }

        // Where a key needs a discipline that only one direction has, the other is left as it is.
        LinkDirection? up = word.IsUp ? key.Apply(_link.Up, word.Value!) : null;
        LinkDirection? down = word.IsDown ? key.Apply(_link.Down, word.Value!) : null;
        if (up is null && down is null)
        {
            return Fail(word, key.Hint);
        }

        _link = _link with { Up = up ?? _link.Up, Down = down ?? _link.Down };
        return true;
    }

    private bool TrySeed(LinkWord word)
    {
        if (word.Prefix.Length > 0 || !ulong.TryParse(word.Value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
        {
            return Fail(word, "a seed is a whole number from 0 to 2^64-1, for both directions");
        }

        _link = _link with { Seed = seed };
        return TryOnce(word, "seed");
    }

    private bool TryTrace(LinkWord word)
    {
        if (openTrace is null)
        {
            return Fail(word, "a trace is read from a file, and files cannot be named here");
        }

        if (!openTrace(word.Value!, out LinkTrace? trace, out string? why))
        {
            return Fail(word, why!);
        }

        if (_said.Contains(word.Prefix + "rate"))
        {
            return Fail(word, "a trace is in place of a rate: say one of them");
        }

        Change(word, direction => direction with { Trace = trace, Rate = 0 });
        return true;
    }

    private bool TryReplay(LinkWord word)
    {
        if (openTrace is null)
        {
            return Fail(word, "a recorded path is read from a file, and files cannot be named here");
        }

        if (!RecordedPathFile.TryRead(word.Value!, out RecordedPath? recorded, out string? why))
        {
            return Fail(word, why!);
        }

        if ((!word.IsUp || recorded!.Up is null) && (!word.IsDown || recorded!.Down is null))
        {
            return Fail(word, "nothing is known there of that direction");
        }

        _link = _link.WithPath(recorded! with { Up = word.IsUp ? recorded.Up : null, Down = word.IsDown ? recorded.Down : null });
        return true;
    }

    // What is said twice, one of them would not count.
    private bool TryOnce(LinkWord word, string what)
    {
        if (!_said.Add(word.Prefix + what))
        {
            return Fail(word, $"'{word.Prefix}{what}' is said twice");
        }

        if (what == "rate" && _said.Contains(word.Prefix + "trace"))
        {
            return Fail(word, "a trace is in place of a rate: say one of them");
        }

        return true;
    }

    // What would change nothing is a mistake, too.
    private bool HasEffect(LinkWord word)
    {
        bool Any(Func<LinkDirection, bool> condition) => (word.IsUp && condition(_link.Up)) || (word.IsDown && condition(_link.Down));
        if (word.Key is "delay" or "jitter" or "jitter-reorder" or "loss" or "burst" or "rate" or "trace" && Any(direction => direction.Path is not null))
        {
            return Fail(word, "a replay has delay, loss and rate of its own");
        }

        if (word.Key == "burst" && !Any(direction => direction.Loss > 0))
        {
            return Fail(word, "a burst is one of losses, and there is no loss");
        }

        if (LinkKeys.Find(word.Key) is { NeedsLine: true } && !Any(direction => direction.HasLine))
        {
            return Fail(word, "nothing waits on a link without a rate or a trace");
        }

        return Any(direction => direction.Discipline is not Queues.RedSettings red || red.MinThreshold < red.MaxThreshold)
            || Fail(word, "min is below max");
    }

    private void Change(LinkWord word, Func<LinkDirection, LinkDirection> change) =>
        _link = _link with { Up = word.IsUp ? change(_link.Up) : _link.Up, Down = word.IsDown ? change(_link.Down) : _link.Down };

    private bool Fail(LinkWord word, string why)
    {
        _error = $"'{word.Text}': {why}";
        return false;
    }
}
