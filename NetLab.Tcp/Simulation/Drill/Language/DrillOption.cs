namespace NetLab.Tcp.Simulation.Drill.Language;

/// <summary>An option of a segment: its kind and its value as bytes, with the numbers in it that count from an initial one.</summary>
/// <param name="Kind">The option's kind (IANA).</param>
/// <param name="Value">What follows kind and length; empty for the two kinds that have no length.</param>
internal sealed record DrillOption(byte Kind, byte[] Value)
{
    /// <summary>The end of the options.</summary>
    public const byte End = 0;

    /// <summary>Padding.</summary>
    public const byte NoOperation = 1;

    /// <summary>Maximum segment size (RFC 9293, 3.7.1).</summary>
    public const byte MaxSegmentSize = 2;

    /// <summary>Window scale (RFC 7323, 2).</summary>
    public const byte WindowScale = 3;

    /// <summary>SACK permitted (RFC 2018, 2).</summary>
    public const byte SackPermitted = 4;

    /// <summary>Selective acknowledgments (RFC 2018, 3).</summary>
    public const byte Sack = 5;

    /// <summary>Timestamps (RFC 7323, 3).</summary>
    public const byte Timestamps = 8;

    /// <summary>AccECN counters, ECT(0) first (RFC 9768, 3.2.3).</summary>
    public const byte AccurateEcn0 = 172;

    /// <summary>AccECN counters, ECT(1) first.</summary>
    public const byte AccurateEcn1 = 174;

    /// <summary>Whether any value of a timestamp will do.</summary>
    public bool IsAnyTimestamp { get; init; }

    /// <summary>Whether any echo of a timestamp will do.</summary>
    public bool IsAnyEcho { get; init; }

    /// <summary>Whether it only fills a word.</summary>
    public bool IsPadding => Kind is End or NoOperation;

    /// <summary>Bytes it takes in a header.</summary>
    public int Size => IsPadding ? 1 : 2 + Value.Length;
}
