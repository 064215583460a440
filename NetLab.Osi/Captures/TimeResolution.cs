namespace NetLab.Osi.Captures;

/// <summary>What an interface's timestamps count (pcapng, if_tsresol and if_tsoffset).</summary>
/// <param name="code">With the top bit clear a negative power of 10, with it set a negative power of 2.</param>
/// <param name="offset">Seconds to add.</param>
internal readonly struct TimeResolution(byte code, long offset)
{
    /// <summary>A timestamp in nanoseconds since 1970, rounded down; saturated where 64 bits do not hold it.</summary>
    public long ToNanoseconds(ulong timestamp)
    {
        // Microseconds and nanoseconds without an offset are nearly all there is; wider arithmetic costs ten times as much.
        if (code is 6 or 9 && offset == 0 && timestamp < long.MaxValue / 1000)
        {
            return code == 9 ? (long)timestamp : (long)timestamp * 1000;
        }

        int power = code & 0x7F;
        bool isBinary = (code & 0x80) != 0;
        Int128 nanoseconds = (isBinary, power) switch
        {
            (true, >= 96) or (false, >= 29) => 0,
            (true, _) => ((Int128)timestamp * 1_000_000_000) >> power,
            (false, <= 9) => timestamp * Power10(9 - power),
            (false, _) => timestamp / Power10(power - 9),
        };
        nanoseconds += (Int128)offset * 1_000_000_000;
        return nanoseconds > long.MaxValue ? long.MaxValue : nanoseconds < long.MinValue ? long.MinValue : (long)nanoseconds;
    }

    private static Int128 Power10(int exponent)
    {
        Int128 value = 1;
        for (int i = 0; i < exponent; i++)
        {
            value *= 10;
        }

        return value;
    }
}
