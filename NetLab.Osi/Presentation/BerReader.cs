using NetLab.Osi.Protocols;

namespace NetLab.Osi.Presentation;

/// <summary>
/// Reads values in ASN.1's Basic Encoding Rules (X.690) one after another. Only definite lengths in up to four bytes, and tag
/// numbers of up to 28 bits: what network protocols use. Anything else ends the reading.
/// </summary>
/// <param name="bytes">The values.</param>
/// <param name="at">Where they begin in their buffer.</param>
internal ref struct BerReader(ReadOnlySpan<byte> bytes, int at)
{
    /// <summary>INTEGER.</summary>
    public const int Integer = 0x02;

    /// <summary>OCTET STRING.</summary>
    public const int OctetString = 0x04;

    /// <summary>OBJECT IDENTIFIER.</summary>
    public const int ObjectIdentifier = 0x06;

    /// <summary>ENUMERATED.</summary>
    public const int Enumerated = 0x0A;

    /// <summary>SEQUENCE and SEQUENCE OF.</summary>
    public const int Sequence = 0x30;

    /// <summary>SET and SET OF.</summary>
    public const int Set = 0x31;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _next = 0;
    private int _value = 0;

    /// <summary>The value's first byte: class, whether it is constructed, and a tag number below 31.</summary>
    public int Tag { get; private set; }

    /// <summary>The tag's number.</summary>
    public int TagNumber { get; private set; }

    /// <summary>The value's bytes; fewer than its length says when they were cut.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>How long the value is by its length.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the value's bytes are all there.</summary>
    public readonly bool IsWhole => Value.Length == Length;

    /// <summary>Where the value stands in the buffer.</summary>
    public readonly int At => at + _value;

    /// <summary>Where what follows the value begins, counted from where the reader began.</summary>
    public readonly int Position => _next;

    /// <summary>The values within the value.</summary>
    public readonly BerReader Inside => new(Value, At);

    /// <summary>Whether the value holds values.</summary>
    public readonly bool IsConstructed => (Tag & 0x20) != 0;

    /// <summary>The value as a number with a sign; of more than eight bytes, the last.</summary>
    public readonly long Number
    {
        get
        {
            long value = Value.Length > 0 && Value[0] >= 0x80 ? -1 : 0;
            foreach (byte b in Value)
            {
                value = (value << 8) | b;
            }

            return value;
        }
    }

    /// <summary>Tells the value as a field: a number, a truth, a text or bytes, as the field's kind says.</summary>
    /// <param name="sink">Who is told.</param>
    /// <param name="field">The field; null for a value that nobody wants.</param>
    public readonly void Report(IFieldSink sink, Field? field)
    {
        switch (field?.Kind)
        {
            case null:
                break;
            case FieldKind.Text:
                sink.Text(field, Value, At, Value.Length);
                break;
            case FieldKind.Bytes:
                sink.Bytes(field, Value, At);
                break;
            case FieldKind.Boolean:
                sink.Flag(field, Number != 0, At, Value.Length);
                break;
            default:
                sink.Number(field, Number, At, Value.Length);
                break;
        }
    }

    /// <summary>How many bytes a value takes, tag and length and all.</summary>
    /// <param name="bytes">What it begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <returns>1 if it is known, 0 when more bytes are needed to say, -1 when it is none.</returns>
    public static int TryFrame(ReadOnlySpan<byte> bytes, out long length)
    {
        length = 0;
        int position = 0;
        if (!TryTag(bytes, ref position, out _, out _))
        {
            return bytes.Length < 6 ? 0 : -1;
        }

        int count = position < bytes.Length ? bytes[position] : -1;
        if (count is 0x80 or > 0x84)
        {
            return -1;
        }

        if (!TryLength(bytes, ref position, out long value))
        {
            return 0;
        }

        length = position + value;
        return 1;
    }

    /// <summary>Goes to the next value.</summary>
    /// <returns>False at the end, and where bytes make no sense.</returns>
    public bool Next()
    {
        int position = _next;
        if (position >= _bytes.Length || !TryTag(_bytes, ref position, out int tag, out int number) || !TryLength(_bytes, ref position, out long length))
        {
            Value = default;
            return false;
        }

        (Tag, TagNumber, Length, _value) = (tag, number, length, position);
        Value = _bytes.Slice(position, (int)Math.Min(length, _bytes.Length - position));
        _next = position + Value.Length;
        return true;
    }

    /// <summary>Goes to the next value, which must have a tag; elsewise it stays to be read.</summary>
    public bool Next(int tag)
    {
        if (_next >= _bytes.Length || _bytes[_next] != tag)
        {
            return false;
        }

        return Next();
    }

    /// <summary>Goes to the first value of a tag among those that are left.</summary>
    public bool Find(int tag)
    {
        while (Next())
        {
            if (Tag == tag)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryTag(ReadOnlySpan<byte> bytes, ref int position, out int tag, out int number)
    {
        tag = position < bytes.Length ? bytes[position] : 0;
        number = tag & 0x1F;
        if (position++ >= bytes.Length)
        {
            return false;
        }

        if (number != 0x1F)
        {
            return true;
        }

        // X.690, 8.1.2.4: seven bits a byte.
        number = 0;
        for (int i = 0; i < 4 && position < bytes.Length; i++)
        {
            byte b = bytes[position++];
            number = (number << 7) | (b & 0x7F);
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    // X.690, 8.1.3: a length of one byte, or a count of bytes that hold it.
    private static bool TryLength(ReadOnlySpan<byte> bytes, ref int position, out long length)
    {
        length = position < bytes.Length ? bytes[position] : 0;
        if (position++ >= bytes.Length)
        {
            return false;
        }

        if (length < 0x80)
        {
            return true;
        }

        int count = (int)length & 0x7F;
        length = 0;
        if (count is 0 or > 4 || position + count > bytes.Length)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            length = (length << 8) | bytes[position++];
        }

        return true;
    }
}
