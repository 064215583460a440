namespace NetLab.Osi.Session;

/// <summary>
/// The bytes that all streams together hold back: behind holes, of messages that are not complete, of bodies to be decoded.
/// A capture may have any number of streams that each hold a little; what does not fit any more is given up.
/// </summary>
internal sealed class StreamMemory
{
    public const long MaxBytes = 64 << 20;

    private long _held;

    /// <summary>Whether a stream may hold so many bytes more.</summary>
    public bool TryHold(TcpStream stream, long bytes)
    {
        if (bytes > 0 && _held + bytes > MaxBytes)
        {
            return false;
        }

        _held += bytes;
        stream.Held += bytes;
        return true;
    }

    /// <summary>A stream holds so many bytes less.</summary>
    public void Release(TcpStream stream, long bytes)
    {
        bytes = Math.Min(bytes, stream.Held);
        _held -= bytes;
        stream.Held -= bytes;
    }
}
