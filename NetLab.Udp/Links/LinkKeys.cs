using System.Globalization;
using NetLab.Udp.Links.Queues;
using NetLab.Udp.Text;

namespace NetLab.Udp.Links;

/// <summary>The keys of a link string that mean something for one direction.</summary>
internal static class LinkKeys
{
    private const string Duration = "a duration looks like 20ms, 1.5s or 300us, up to a day";
    private const string Share = "a share looks like 1% or 0.01, from 0 to 100%";
    private const string Size = "a size looks like 64K or 4M (bytes) and is more than 0";

    // No more may be asked for of a controller or a table than an experiment can mean.
    private const int MaxFlows = 65_536;

    private static readonly LinkKey[] All =
    [
        new("delay", Duration, (d, v) => IsDuration(v, out TimeSpan t) ? d with { Delay = t } : null),
        new("jitter", Duration, (d, v) => IsDuration(v, out TimeSpan t) ? d with { Jitter = t, JitterReorders = false } : null),
        new("jitter-reorder", Duration, (d, v) => IsDuration(v, out TimeSpan t) ? d with { Jitter = t, JitterReorders = true } : null),
        new("loss", Share, (d, v) => Quantity.TryParseShare(v, out double s) ? d with { Loss = s } : null),
        new("burst", "the mean length of a loss burst is a number from 1 to 1000000", (d, v) => IsNumber(v, 1, 1e6, out double n) ? d with { Burst = n } : null),
        new("duplicate", Share, (d, v) => Quantity.TryParseShare(v, out double s) ? d with { Duplicate = s } : null),
        new("reorder", Share, (d, v) => Quantity.TryParseShare(v, out double s) ? d with { Reorder = s } : null),
        new("corrupt", Share, (d, v) => Quantity.TryParseShare(v, out double s) ? d with { Corrupt = s } : null),
        new("rate", "a rate looks like 100M or 10G (bits a second) and is more than 0", (d, v) => Quantity.TryParseRate(v, out long r) && r > 0 ? d with { Rate = r, Trace = null } : null),
        new("queue", "a queue is a size such as 64K (bytes) or a number of datagrams such as 100p, and more than 0", Queue) { NeedsLine = true },
        new("aqm", "a queue's discipline is droptail, codel, fq_codel, pie or red", Aqm) { NeedsLine = true },
        new("mark", Size + ", and aqm=droptail has it", (d, v) => d.Discipline is DropTailSettings q && Quantity.TryParseSize(v, out long b) && b > 0 ? d with { Discipline = q with { Mark = b } } : null) { NeedsLine = true },
        new("target", Duration + ", more than 0, and aqm=codel, fq_codel and pie have a target", Target) { NeedsLine = true },
        new("interval", Duration + ", more than 0, and aqm=codel and fq_codel have an interval", Interval) { NeedsLine = true },
        new("ecn", "ecn is on or off, and aqm=codel, fq_codel, pie and red have it (droptail has mark=SIZE)", Ecn) { NeedsLine = true },
        new("quantum", "a quantum is 64 to 1000000 bytes, and aqm=fq_codel has one", (d, v) => d.Discipline is FqCoDelSettings q && IsWhole(v, 64, 1_000_000, out int n) ? d with { Discipline = q with { Quantum = n } } : null) { NeedsLine = true },
        new("flows", "the number of flows' queues is 1 to 65536, and aqm=fq_codel has them", (d, v) => d.Discipline is FqCoDelSettings q && IsWhole(v, 1, MaxFlows, out int n) ? d with { Discipline = q with { Flows = n } } : null) { NeedsLine = true },
        new("tupdate", Duration + ", at least 1ms, and aqm=pie has it", (d, v) => d.Discipline is PieSettings q && IsDuration(v, out TimeSpan t) && t.TotalMilliseconds >= 1 ? d with { Discipline = q with { UpdateInterval = t } } : null) { NeedsLine = true },
        new("max-burst", Duration + ", and aqm=pie has it", (d, v) => d.Discipline is PieSettings q && IsDuration(v, out TimeSpan t) ? d with { Discipline = q with { MaxBurst = t } } : null) { NeedsLine = true },
        new("alpha", "alpha is a number from 0 to 1000, and aqm=pie has it", (d, v) => d.Discipline is PieSettings q && IsNumber(v, 0, 1e3, out double n) ? d with { Discipline = q with { Alpha = n } } : null) { NeedsLine = true },
        new("beta", "beta is a number from 0 to 1000, and aqm=pie has it", (d, v) => d.Discipline is PieSettings q && IsNumber(v, 0, 1e3, out double n) ? d with { Discipline = q with { Beta = n } } : null) { NeedsLine = true },
        new("min", "the lower threshold is a number of datagrams below max, and aqm=red has it", (d, v) => d.Discipline is RedSettings q && IsNumber(v, 0, 1e6, out double n) ? d with { Discipline = q with { MinThreshold = n } } : null) { NeedsLine = true },
        new("max", "the upper threshold is a number of datagrams above min, and aqm=red has it", (d, v) => d.Discipline is RedSettings q && IsNumber(v, 0.001, 1e6, out double n) ? d with { Discipline = q with { MaxThreshold = n } } : null) { NeedsLine = true },
        new("max-p", Share + ", and aqm=red has it", (d, v) => d.Discipline is RedSettings q && Quantity.TryParseShare(v, out double s) ? d with { Discipline = q with { MaxProbability = s } } : null) { NeedsLine = true },
        new("weight", "a weight is a number above 0, up to 1, and aqm=red has one", (d, v) => d.Discipline is RedSettings q && IsNumber(v, 1e-9, 1, out double n) ? d with { Discipline = q with { Weight = n } } : null) { NeedsLine = true },
        new("mtu", "the largest datagram with its headers is 68 to 65535 bytes", (d, v) => IsWhole(v, 68, 65_535, out int n) ? d with { Mtu = n } : null),
        new("outage", "an outage looks like 2s/30s: down for 2 s at the end of every 30 s", Outage),
        new("every", "every is a whole number N from 1 on: each Nth datagram is dropped", (d, v) => IsWhole(v, 1, int.MaxValue, out int n) ? d with { DropEvery = n } : null),
        new("drop", "a drop is a segment and which of them, such as SYN_ACK#1 or DATA#20", Drop),
        new("copy", "what is copied is a segment and which of them, such as DATA#20", (d, v) => Fault(d, v, LinkEffects.Duplicated)),
        new("damage", "what is damaged is a segment and which of them, such as DATA#20", (d, v) => Fault(d, v, LinkEffects.Corrupted)),
        new("hold", "what is held back is a segment, which of them and for how long, such as DATA#20/50ms", Hold),
    ];

    /// <summary>Their names, for messages.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(key => key.Name)) + ", trace, replay, seed";

    /// <summary>The key of a name, or null.</summary>
    public static LinkKey? Find(string name) => Array.Find(All, key => key.Name == name);

    private static LinkDirection? Queue(LinkDirection direction, string value)
    {
        if (value.EndsWith('p'))
        {
            return IsWhole(value[..^1], 1, int.MaxValue, out int datagrams) ? direction with { QueueDatagrams = datagrams } : null;
        }

        return Quantity.TryParseSize(value, out long bytes) && bytes > 0 ? direction with { Queue = bytes } : null;
    }

    private static LinkDirection? Aqm(LinkDirection direction, string value)
    {
        QueueSettings? settings = value.ToLowerInvariant() switch
        {
            "droptail" => new DropTailSettings(),
            "codel" => new CoDelSettings(),
            "fq_codel" or "fq-codel" => new FqCoDelSettings(),
            "pie" => new PieSettings(),
            "red" => new RedSettings(),
            _ => null,
        };
        return settings is null ? null : direction with { Discipline = settings };
    }

    private static LinkDirection? Target(LinkDirection direction, string value)
    {
        if (!IsDuration(value, out TimeSpan target) || target <= TimeSpan.Zero)
        {
            return null;
        }

        return direction.Discipline switch
        {
            CoDelSettings codel => direction with { Discipline = codel with { Target = target } },
            FqCoDelSettings fair => direction with { Discipline = fair with { Target = target } },
            PieSettings pie => direction with { Discipline = pie with { Target = target } },
            _ => null,
        };
    }

    private static LinkDirection? Interval(LinkDirection direction, string value)
    {
        if (!IsDuration(value, out TimeSpan interval) || interval <= TimeSpan.Zero)
        {
            return null;
        }

        return direction.Discipline switch
        {
            CoDelSettings codel => direction with { Discipline = codel with { Interval = interval } },
            FqCoDelSettings fair => direction with { Discipline = fair with { Interval = interval } },
            _ => null,
        };
    }

    private static LinkDirection? Ecn(LinkDirection direction, string value)
    {
        if (value is not ("on" or "off"))
        {
            return null;
        }

        bool on = value == "on";
        return direction.Discipline switch
        {
            CoDelSettings codel => direction with { Discipline = codel with { Ecn = on } },
            FqCoDelSettings fair => direction with { Discipline = fair with { Ecn = on } },
            PieSettings pie => direction with { Discipline = pie with { Ecn = on } },
            RedSettings red => direction with { Discipline = red with { Ecn = on } },
            _ => null,
        };
    }

    private static LinkDirection? Outage(LinkDirection direction, string value)
    {
        string[] parts = value.Split('/');
        return parts.Length == 2 && IsDuration(parts[0], out TimeSpan length) && IsDuration(parts[1], out TimeSpan every)
            && length > TimeSpan.Zero && every > length && every.TotalMilliseconds >= 1
            ? direction with { Outage = new LinkOutage(length, every) }
            : null;
    }

    private static LinkDirection? Drop(LinkDirection direction, string value)
    {
        int hash = value.IndexOf('#', StringComparison.Ordinal);
        return hash > 0 && IsWhole(value[(hash + 1)..], 1, int.MaxValue, out int ordinal)
            ? direction with { Drops = direction.Drops.Add(new ScriptedDrop(value[..hash].ToUpperInvariant(), ordinal)) }
            : null;
    }

    private static LinkDirection? Fault(LinkDirection direction, string value, LinkEffects effect, TimeSpan holdBack = default)
    {
        int hash = value.IndexOf('#', StringComparison.Ordinal);
        return hash > 0 && IsWhole(value[(hash + 1)..], 1, int.MaxValue, out int ordinal)
            ? direction with { Faults = direction.Faults.Add(new ScriptedFault(value[..hash].ToUpperInvariant(), ordinal, effect, holdBack)) }
            : null;
    }

    private static LinkDirection? Hold(LinkDirection direction, string value)
    {
        int slash = value.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && IsDuration(value[(slash + 1)..], out TimeSpan duration) && duration > TimeSpan.Zero
            ? Fault(direction, value[..slash], LinkEffects.HeldBack, duration)
            : null;
    }

    private static bool IsDuration(string value, out TimeSpan duration) =>
        Quantity.TryParseDuration(value, out duration) && duration <= LinkDirection.LongestDelay;

    private static bool IsNumber(string value, double min, double max, out double number) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && number >= min && number <= max;

    private static bool IsWhole(string value, int min, int max, out int number) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= min && number <= max;
}
