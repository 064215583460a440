namespace NetLab.Host.Measurement.Streams;

/// <summary>The bytes of a measured stream: made once, known at both ends, and at no two near places the same.</summary>
internal static class BytePattern
{
    // A prime, so that no buffer, window or segment size ever hides that bytes moved: and small enough for a cache. Either TCP is faster
    // with writes of this than of four times as much: the kernel's by more.
    public const int Period = 65_521;

    /// <summary>One period: written again and again it is the stream.</summary>
    public static readonly ReadOnlyMemory<byte> Piece = Make();

    private static byte[] Make()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Period, pinned: true);
        new Random(Period).NextBytes(bytes);
        return bytes;
    }
}
