namespace NetLab.Host.Measurement.Streams;

/// <summary>Compares a measured stream with what it ought to be, byte by byte, and counts.</summary>
internal sealed class PatternCheck
{
    private long _bytes;

    /// <summary>Bytes taken so far; may be read by another thread.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether every byte was the right one in its place.</summary>
    public bool IsIntact { get; private set; } = true;

    /// <summary>Called at the first bytes.</summary>
    public Action? OnFirst { get; init; }

    /// <summary>Takes the next bytes of the stream.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        if (_bytes == 0 && bytes.Length > 0)
        {
            OnFirst?.Invoke();
        }

        ReadOnlySpan<byte> pattern = BytePattern.Piece.Span;
        int length = bytes.Length;
        int phase = (int)(_bytes % BytePattern.Period);
        while (bytes.Length > 0)
        {
            int run = Math.Min(bytes.Length, pattern.Length - phase);
            IsIntact &= bytes[..run].SequenceEqual(pattern.Slice(phase, run));
            bytes = bytes[run..];
            phase = 0;
        }

        Volatile.Write(ref _bytes, _bytes + length);
    }
}
