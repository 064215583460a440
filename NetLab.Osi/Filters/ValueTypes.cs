using NetLab.Osi.Protocols;

namespace NetLab.Osi.Filters;

/// <summary>Types of fields.</summary>
internal static class ValueTypes
{
    public static ValueType Of(FieldKind kind) => kind switch
    {
        FieldKind.Number or FieldKind.SignedNumber or FieldKind.Boolean => ValueType.Integer,
        FieldKind.Real => ValueType.Real,
        FieldKind.Time or FieldKind.Date or FieldKind.Duration => ValueType.Time,
        FieldKind.Text => ValueType.Text,
        FieldKind.Bytes => ValueType.Bytes,
        FieldKind.Mac => ValueType.Mac,
        FieldKind.Ipv4 => ValueType.Ipv4,
        FieldKind.Ipv6 => ValueType.Ipv6,
        FieldKind.Ip => ValueType.Ip,
        _ => ValueType.None,
    };

    /// <summary>Whether values of the types can be compared.</summary>
    public static bool AreComparable(ValueType a, ValueType b) =>
        a != ValueType.None && b != ValueType.None
        && (a == b || (IsBytes(a) && IsBytes(b)) || (a is ValueType.Ip && b is ValueType.Ipv4 or ValueType.Ipv6) || (b is ValueType.Ip && a is ValueType.Ipv4 or ValueType.Ipv6));

    /// <summary>Whether a value is bytes that a slice, contains or matches can look into.</summary>
    public static bool HasBytes(ValueType type) => type is ValueType.Text or ValueType.Bytes or ValueType.Mac or ValueType.Ipv4 or ValueType.Ipv6 or ValueType.Ip;

    private static bool IsBytes(ValueType type) => type is ValueType.Bytes or ValueType.Mac or ValueType.Text;
}
