using System.Buffers;

namespace NetLab.Osi.Session;

/// <summary>One direction as its parser sees it: the parser, and the bytes it could not take yet.</summary>
internal sealed class StreamSide
{
    // Longer than any message that is kept whole; beyond it the parser was wrong.
    private const int MaxKept = 128 << 10;

    private byte[] _kept = [];
    private int _start;
    private int _count;

    public StreamParser? Parser { get; set; }

    /// <summary>Whether nothing more will be recognized.</summary>
    public bool IsIgnored { get; set; }

    /// <summary>Whether bytes are missing in what came: what follows may be the middle of a message.</summary>
    public bool IsResuming { get; set; }

    /// <summary>Whether its parser took any bytes: what comes then is of the same protocol, or of none.</summary>
    public bool HasTaken { get; set; }

    /// <summary>Whether it was already looked at for something else than the other direction speaks.</summary>
    public bool WasRecognizedAlone { get; set; }

    /// <summary>Bytes that are kept.</summary>
    public int Count => _count;

    /// <summary>Memory that is held for them.</summary>
    public int Held => _kept.Length;

    /// <summary>What was kept, and the new bytes behind it.</summary>
    public ReadOnlySpan<byte> With(ReadOnlySpan<byte> bytes)
    {
        if (_count == 0)
        {
            return bytes;
        }

        if (_start + _count + bytes.Length > _kept.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(4096, 2 * (_count + bytes.Length)));
            _kept.AsSpan(_start, _count).CopyTo(larger);
            Return();
            (_kept, _start) = (larger, 0);
        }

        bytes.CopyTo(_kept.AsSpan(_start + _count));
        _count += bytes.Length;
        return _kept.AsSpan(_start, _count);
    }

    /// <summary>Keeps what was not taken of <see cref="With"/>.</summary>
    /// <returns>False when it is more than any message needs.</returns>
    public bool Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            Clear();
        }
        else if (_count > 0)
        {
            // The rest is the end of what is kept.
            (_start, _count) = (_start + _count - rest.Length, rest.Length);
        }
        else
        {
            _kept = ArrayPool<byte>.Shared.Rent(Math.Max(256, rest.Length));
            rest.CopyTo(_kept);
            (_start, _count) = (0, rest.Length);
        }

        return _count <= MaxKept;
    }

    public void Clear()
    {
        Return();
        (_kept, _start, _count) = ([], 0, 0);
    }

    private void Return()
    {
        if (_kept.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_kept);
        }
    }
}
