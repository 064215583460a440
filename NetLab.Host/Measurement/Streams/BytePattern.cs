namespace NetLab.Host.Measurement.Streams;

/// <summary>The bytes of a measured stream: made once, known at both ends, and at no two near places the same.</summary>
internal static class BytePattern
{
    // A prime, so that no buffer, window or segment size ever hides that bytes moved: and small enough for a cache.
    public const int Period = 65_521;

    // Periods a write holds: system calls of about 256 KiB cost little a byte.
    private const int PeriodsPerWrite = 4;

    /// <summary>A whole number of periods: written again and again it is the stream.</summary>
    public static readonly ReadOnlyMemory<byte> Piece = Make();

    /// <summary>One period: where a write is no system call, a smaller piece of the processor's cache does.</summary>
    public static readonly ReadOnlyMemory<byte> Once = Piece[..Period];

    private static byte[] Make()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Period * PeriodsPerWrite, pinned: true);
        new Random(Period).NextBytes(bytes.AsSpan(0, Period));
        for (int i = 1; i < PeriodsPerWrite; i++)
        {
            bytes.AsSpan(0, Period).CopyTo(bytes.AsSpan(i * Period));
        }

        return bytes;
    }
}
