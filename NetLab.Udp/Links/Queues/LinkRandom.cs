namespace NetLab.Udp.Links.Queues;

/// <summary>
/// Random numbers addressed by (seed, datagram, purpose) instead of drawn in turn: the fate of the n-th datagram is
/// the same whatever the clock did and whichever other impairments are switched on.
/// </summary>
internal readonly struct LinkRandom(ulong seed)
{
    /// <summary>What a number is drawn for. Each purpose is a stream of its own.</summary>
    public enum Purpose
    {
        Loss = 1,
        Duplicate = 2,
        Reorder = 3,
        Corrupt = 4,
        CorruptedBit = 5,
        Jitter = 6,
        Queue = 7,
        FlowBucket = 8,
    }

    /// <summary>A uniform number in [0, 1).</summary>
    public double Share(long ordinal, Purpose purpose) => (Bits(ordinal, purpose) >> 11) * (1.0 / (1UL << 53));

    /// <summary>64 uniform bits.</summary>
    public ulong Bits(long ordinal, Purpose purpose)
    {
        // SplitMix64's finalizer (Steele, Lea, Flood 2014) over a counter: passes BigCrush, needs no state.
        ulong z = Mix(seed + (0x9E37_79B9_7F4A_7C15 * (ulong)purpose));
        return Mix(z + (0x9E37_79B9_7F4A_7C15 * (ulong)ordinal));
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
