namespace NetLab.Osi.Network;

/// <summary>What can be said of a checksum.</summary>
internal enum ChecksumVerdict
{
    /// <summary>Nothing: not all of what it covers was captured, or there is none.</summary>
    Unknown,

    /// <summary>It fits.</summary>
    Right,

    /// <summary>It does not fit.</summary>
    Wrong,

    /// <summary>It is the sum of the pseudo-header alone: the sender left the rest to its network card.</summary>
    Partial,
}
