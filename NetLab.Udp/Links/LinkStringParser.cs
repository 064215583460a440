using System.Globalization;
using NetLab.Udp.Text;

namespace NetLab.Udp.Links;

/// <summary>Reads the one string that describes a link, the same in every command and in configuration.</summary>
internal static class LinkStringParser
{
    private const string Keys = "delay, jitter, loss, burst, duplicate, reorder, corrupt, rate, queue, mark, mtu, drop, seed";

    public static bool TryParse(string text, out LinkDescription link, out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        link = new LinkDescription();
        error = null;
        bool inDrops = false;
        string dropPrefix = "";
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (word.Length == 0 && text.Trim().Length == 0)
            {
                return true;
            }

            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? "" : word[..equals].TrimEnd().ToLowerInvariant();
            string value = equals < 0 ? word : word[(equals + 1)..].TrimStart();
            if (equals < 0 && inDrops)
            {
                // drop=SYN_ACK#1,DATA#20: a word without a key goes on with the list of drops.
                key = dropPrefix + "drop";
            }
            else if (equals < 0)
            {
                error = $"link: '{word}' is not key=value (keys: {Keys})";
                return false;
            }

            string name = key;
            bool up = true;
            bool down = true;
            dropPrefix = "";
            if (key.StartsWith("up.", StringComparison.Ordinal))
            {
                (name, down, dropPrefix) = (key[3..], false, "up.");
            }
            else if (key.StartsWith("down.", StringComparison.Ordinal))
            {
                (name, up, dropPrefix) = (key[5..], false, "down.");
            }

            inDrops = name == "drop";
            if (name == "seed")
            {
                if (!up || !down || !ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
                {
                    error = $"link: '{word}': a seed is a whole number from 0 to 2^64-1, for both directions";
                    return false;
                }

                link = link with { Seed = seed };
                continue;
            }

            if (!TryApply(link.Up, name, value, out LinkDirection applied, out string? why))
            {
                error = $"link: '{word}': {why}";
                return false;
            }

            if (up && down)
            {
                TryApply(link.Down, name, value, out LinkDirection appliedDown, out _);
                link = link with { Up = applied, Down = appliedDown };
            }
            else if (up)
            {
                link = link with { Up = applied };
            }
            else
            {
                TryApply(link.Down, name, value, out LinkDirection appliedDown, out _);
                link = link with { Down = appliedDown };
            }
        }

        return true;
    }

    private static bool TryApply(LinkDirection direction, string name, string value, out LinkDirection applied, out string? why)
    {
        applied = direction;
        why = null;
        switch (name)
        {
            case "delay" when Quantity.TryParseDuration(value, out TimeSpan delay) && delay <= LinkDirection.LongestDelay:
                applied = direction with { Delay = delay };
                return true;
            case "jitter" when Quantity.TryParseDuration(value, out TimeSpan jitter) && jitter <= LinkDirection.LongestDelay:
                applied = direction with { Jitter = jitter };
                return true;
            case "delay" or "jitter":
                why = "a duration looks like 20ms, 1.5s or 300us, up to a day";
                return false;
            case "loss" when Quantity.TryParseShare(value, out double loss):
                applied = direction with { Loss = loss };
                return true;
            case "duplicate" when Quantity.TryParseShare(value, out double duplicate):
                applied = direction with { Duplicate = duplicate };
                return true;
            case "reorder" when Quantity.TryParseShare(value, out double reorder):
                applied = direction with { Reorder = reorder };
                return true;
            case "corrupt" when Quantity.TryParseShare(value, out double corrupt):
                applied = direction with { Corrupt = corrupt };
                return true;
            case "loss" or "duplicate" or "reorder" or "corrupt":
                why = "a share looks like 1% or 0.01, from 0 to 100%";
                return false;
            case "burst" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double burst) && burst is >= 1 and <= 1e6:
                applied = direction with { Burst = burst };
                return true;
            case "burst":
                why = "the mean length of a loss burst is a number from 1 to 1000000";
                return false;
            case "rate" when Quantity.TryParseRate(value, out long rate) && rate > 0:
                applied = direction with { Rate = rate };
                return true;
            case "rate":
                why = "a rate looks like 100M or 10G (bits a second) and is more than 0";
                return false;
            case "queue" when Quantity.TryParseSize(value, out long queue) && queue > 0:
                applied = direction with { Queue = queue };
                return true;
            case "mtu" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int mtu) && mtu is >= 68 and <= 65_535:
                applied = direction with { Mtu = mtu };
                return true;
            case "mtu":
                why = "the largest datagram with its headers is 68 to 65535 bytes";
                return false;
            case "mark" when Quantity.TryParseSize(value, out long mark) && mark > 0:
                applied = direction with { Mark = mark };
                return true;
            case "queue" or "mark":
                why = "a size looks like 64K or 4M (bytes) and is more than 0";
                return false;
            case "drop" when TryParseDrop(value, out ScriptedDrop drop):
                applied = direction with { Drops = direction.Drops.Add(drop) };
                return true;
            case "drop":
                why = "a drop is a segment and which of them, such as SYN_ACK#1 or DATA#20";
                return false;
            default:
                why = $"unknown key '{name}' (keys: {Keys}; up. or down. in front sets one direction)";
                return false;
        }
    }

    private static bool TryParseDrop(string value, out ScriptedDrop drop)
    {
        drop = default;
        int hash = value.IndexOf('#', StringComparison.Ordinal);
        if (hash <= 0 || !int.TryParse(value.AsSpan(hash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) || ordinal < 1)
        {
            return false;
        }

        drop = new ScriptedDrop(value[..hash].ToUpperInvariant(), ordinal);
        return true;
    }
}
