namespace NetLab.Osi.Filters;

/// <summary>What kinds of values can be compared with one another.</summary>
internal enum ValueType
{
    /// <summary>Whole numbers and truths.</summary>
    Integer,

    /// <summary>Numbers with a fraction.</summary>
    Real,

    /// <summary>Moments and spans of time.</summary>
    Time,

    /// <summary>Texts.</summary>
    Text,

    /// <summary>Bytes, a protocol's among them.</summary>
    Bytes,

    /// <summary>Hardware addresses.</summary>
    Mac,

    /// <summary>IPv4 addresses.</summary>
    Ipv4,

    /// <summary>IPv6 addresses.</summary>
    Ipv6,

    /// <summary>Addresses of either version.</summary>
    Ip,

    /// <summary>Nothing that could be compared: only whether it is there.</summary>
    None,
}
