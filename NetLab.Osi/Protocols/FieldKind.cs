namespace NetLab.Osi.Protocols;

/// <summary>What values a field has; filters compare by it, columns and JSON print by it.</summary>
public enum FieldKind : byte
{
    /// <summary>A whole number, 64 bits without a sign.</summary>
    Number,

    /// <summary>A whole number, 64 bits with a sign.</summary>
    SignedNumber,

    /// <summary>A truth: 1 or 0.</summary>
    Boolean,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A hardware address.</summary>
    Mac,

    /// <summary>An IPv4 address.</summary>
    Ipv4,

    /// <summary>An IPv6 address.</summary>
    Ipv6,

    /// <summary>An IP address of either version.</summary>
    Ip,

    /// <summary>A moment: nanoseconds since 1970-01-01 UTC.</summary>
    Time,

    /// <summary>A moment as <see cref="Time"/> has it, that columns show as a date.</summary>
    Date,

    /// <summary>A span of time in nanoseconds.</summary>
    Duration,

    /// <summary>A number with a fraction.</summary>
    Real,

    /// <summary>No value: that it is there says everything.</summary>
    Mark,

    /// <summary>Other fields: an object, or a list of objects.</summary>
    Group,
}
