namespace NetLab.Osi.Session;

/// <summary>
/// The bytes that all streams together hold back: behind holes, of messages that are not complete, of bodies to be decoded.
/// A capture may have any number of streams that each hold a little; when all of it is more than the bound, those that hold
/// most give up theirs.
/// </summary>
/// <param name="streams">The streams that may hold any.</param>
internal sealed class StreamMemory(Func<IEnumerable<TcpStream>> streams)
{
    public const long MaxBytes = 64 << 20;

    private long _held;

    /// <summary>Whether a stream may hold so many bytes more.</summary>
    public bool TryHold(TcpStream stream, long bytes)
    {
        if (bytes > MaxBytes / 2)
        {
            return false;
        }

        if (bytes > 0 && _held + bytes > MaxBytes)
        {
            Reclaim(stream);
            if (_held + bytes > MaxBytes)
            {
                return false;
            }
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

    // Down to half, so that it need not be done again soon.
    private void Reclaim(TcpStream asking)
    {
        foreach (TcpStream stream in streams().Where(s => s.Held > 0 && s != asking).OrderByDescending(s => s.State >= TcpSessionState.Closed).ThenByDescending(s => s.Held).ToList())
        {
            if (_held <= MaxBytes / 2)
            {
                return;
            }

            Release(stream, stream.Held);
            stream.GiveUp();
        }
    }
}
