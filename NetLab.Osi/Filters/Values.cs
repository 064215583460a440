namespace NetLab.Osi.Filters;

/// <summary>Compares values.</summary>
internal static class Values
{
    public static bool AreEqual(in FilterValue x, in FilterValue y)
    {
        int prefix = Math.Max(x.Prefix, y.Prefix);
        if (prefix < 0)
        {
            return x.Bytes.SequenceEqual(y.Bytes);
        }

        return x.Length == y.Length && SameBlock(x.Bytes, y.Bytes, prefix);
    }

    public static int Compare(in FilterValue x, in FilterValue y, ValueType type) => type switch
    {
        ValueType.Real => x.Real.CompareTo(y.Real),
        ValueType.Integer or ValueType.Time => x.Number.CompareTo(y.Number),
        _ when Math.Max(x.Prefix, y.Prefix) >= 0 && AreEqual(x, y) => 0,
        _ => x.Bytes.SequenceCompareTo(y.Bytes),
    };

    private static bool SameBlock(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y, int prefix)
    {
        int whole = prefix / 8;
        int bits = prefix % 8;
        return x[..whole].SequenceEqual(y[..whole]) && (bits == 0 || ((x[whole] ^ y[whole]) >> (8 - bits)) == 0);
    }
}
