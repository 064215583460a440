using System.Buffers.Binary;

namespace NetLab.Osi.Presentation;

/// <summary>
/// Goes through the fields of a message of protocol buffers ("Encoding", protobuf.dev): a number and a wire type, then the value.
/// Without its schema only that much is known.
/// </summary>
/// <param name="message">The message.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Delimited = 2;
    public const int StartGroup = 3;
    public const int EndGroup = 4;
    public const int Fixed32 = 5;

    private const int MaxVarint = 10;
    private const int MaxDepth = 64;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _next;
    private int _groups;

    /// <summary>The field's number, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>How its value is written.</summary>
    public int WireType { get; private set; }

    /// <summary>Where the field begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where its value begins; of a delimited one, behind the length.</summary>
    public int ValueAt { get; private set; }

    /// <summary>The value's bytes.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>A varint or a number of fixed size.</summary>
    public ulong Bits { get; private set; }

    /// <summary>Whether the bytes from here on are no field.</summary>
    public bool IsBad { get; private set; }

    /// <summary>Whether bytes are fields and nothing else.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
        }

        return !reader.IsBad && reader._groups == 0;
    }

    /// <summary>Goes to the next field; false at the end, and where bytes make no sense.</summary>
    public bool Next()
    {
        if (_next == _message.Length || IsBad)
        {
            return false;
        }

        Start = _next;
        int at = _next;
        if (!TryVarint(ref at, out ulong key) || key >> 3 is 0 or > 0x1FFF_FFFF)
        {
            IsBad = true;
            return false;
        }

        (Number, WireType, ValueAt, Bits) = ((long)(key >> 3), (int)(key & 7), at, 0);
        int length = 0;
        bool isRight = true;
        switch (WireType)
        {
            case Varint:
                isRight = TryVarint(ref at, out ulong value);
                (Bits, length) = (value, at - ValueAt);
                break;
            case Fixed64:
                length = 8;
                isRight = _message.Length - at >= length;
                Bits = isRight ? BinaryPrimitives.ReadUInt64LittleEndian(_message[at..]) : 0;
                break;
            case Delimited:
                isRight = TryVarint(ref at, out ulong size) && size <= (ulong)(_message.Length - at);
                (ValueAt, length) = (at, isRight ? (int)size : 0);
                break;
            case StartGroup:
                isRight = ++_groups <= MaxDepth;
                break;
            case EndGroup:
                isRight = --_groups >= 0;
                break;
            case Fixed32:
                length = 4;
                isRight = _message.Length - at >= length;
                Bits = isRight ? BinaryPrimitives.ReadUInt32LittleEndian(_message[at..]) : 0;
                break;
            default:
                isRight = false;
                break;
        }

        if (!isRight)
        {
            IsBad = true;
            return false;
        }

        Value = _message.Slice(ValueAt, length);
        _next = ValueAt + length;
        return true;
    }

    // Seven bits a byte, the lowest first; the last byte has no high bit.
    private readonly bool TryVarint(ref int at, out ulong value)
    {
        value = 0;
        for (int i = 0; i < MaxVarint && at < _message.Length; i++)
        {
            byte b = _message[at++];
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
