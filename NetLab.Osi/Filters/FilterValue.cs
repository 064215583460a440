namespace NetLab.Osi.Filters;

/// <summary>A value that a filter compares: a number, or bytes where they stand.</summary>
/// <param name="Number">The number; of a number with a fraction its bits.</param>
/// <param name="Buffer">What the bytes stand in; null for a number.</param>
/// <param name="Start">Where they begin.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Prefix">Of an address block, how many of its bits count; -1 when all do.</param>
internal readonly record struct FilterValue(Int128 Number, byte[]? Buffer = null, int Start = 0, int Length = 0, int Prefix = -1)
{
    public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(Start, Length);

    public double Real => BitConverter.Int64BitsToDouble((long)Number);
}
