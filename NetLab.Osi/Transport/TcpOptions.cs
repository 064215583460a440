using System.Buffers.Binary;

namespace NetLab.Osi.Transport;

/// <summary>Walks the options of a TCP header (RFC 9293, 3.1), each where it stands.</summary>
internal ref struct TcpOptions(ReadOnlySpan<byte> bytes)
{
    public const int EndOfList = 0;
    public const int NoOperation = 1;
    public const int MaximumSegmentSize = 2;
    public const int WindowScale = 3;
    public const int SackPermitted = 4;
    public const int Sack = 5;
    public const int Timestamps = 8;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _next = 0;

    /// <summary>The option's kind.</summary>
    public int Kind { get; private set; } = 0;

    /// <summary>Where it begins.</summary>
    public int Offset { get; private set; } = 0;

    /// <summary>What it says, without kind and length.</summary>
    public ReadOnlySpan<byte> Value { get; private set; } = default;

    /// <summary>Moves to the next option that is no padding; false at the end, or where a length lies.</summary>
    public bool MoveNext()
    {
        while (_next < _bytes.Length)
        {
            Offset = _next;
            Kind = _bytes[_next];
            Value = default;
            switch (Kind)
            {
                case EndOfList:
                    return false;
                case NoOperation:
                    _next++;
                    continue;
                default:
                    break;
            }

            // A length below 2 would never end; one past the header is not there to be read. The kind itself still is.
            int length = _next + 1 < _bytes.Length ? _bytes[_next + 1] : 0;
            if (length < 2 || _next + length > _bytes.Length)
            {
                _next = _bytes.Length;
                return true;
            }

            Value = _bytes.Slice(_next + 2, length - 2);
            _next += length;
            return true;
        }

        return false;
    }

    /// <summary>The shift of a window scale option; null if there is none.</summary>
    public static int? FindWindowScale(ReadOnlySpan<byte> options)
    {
        var walk = new TcpOptions(options);
        while (walk.MoveNext())
        {
            if (walk.Kind == WindowScale && walk.Value.Length == 1)
            {
                // RFC 7323, 2.3: more than 14 counts as 14.
                return Math.Min((int)walk.Value[0], 14);
            }
        }

        return null;
    }

    public static uint Read32(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadUInt32BigEndian(value);
}
