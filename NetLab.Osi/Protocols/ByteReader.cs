namespace NetLab.Osi.Protocols;

/// <summary>
/// Reads a message from front to back. What would stand beyond the end is 0 or empty, and from then on
/// <see cref="IsShort"/> says so: a describer reads field by field, and what is missing is not told.
/// </summary>
/// <param name="bytes">The message.</param>
/// <param name="at">Where it begins in its buffer.</param>
/// <param name="littleEndian">Whether its numbers stand in little-endian order.</param>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes, int at, bool littleEndian = false)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly int _at = at;

    /// <summary>Whether numbers stand in little-endian order.</summary>
    public bool IsLittleEndian { get; set; } = littleEndian;

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    /// <summary>Where the next byte stands in the buffer.</summary>
    public readonly int At => _at + Position;

    /// <summary>How many bytes are left.</summary>
    public readonly int Left => _bytes.Length - Position;

    /// <summary>What is left.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[Position..];

    /// <summary>The whole message.</summary>
    public readonly ReadOnlySpan<byte> All => _bytes;

    /// <summary>Whether more was asked for than there is.</summary>
    public bool IsShort { get; private set; }

    /// <summary>Goes to a place in the message.</summary>
    public void Seek(int position)
    {
        IsShort |= position < 0 || position > _bytes.Length;
        Position = Math.Clamp(position, 0, _bytes.Length);
    }

    /// <summary>Passes bytes over.</summary>
    public void Skip(long count)
    {
        if (count < 0 || count > Left)
        {
            (IsShort, Position) = (true, _bytes.Length);
            return;
        }

        Position += (int)count;
    }

    /// <summary>Passes bytes over so that the position is a multiple of a number.</summary>
    public void Align(int size)
    {
        int over = Position % size;
        if (over > 0)
        {
            Skip(size - over);
        }
    }

    /// <summary>The next number, which stays to be read.</summary>
    /// <param name="size">Its bytes, 1 to 8.</param>
    public readonly long Peek(int size)
    {
        if (size > Left)
        {
            return 0;
        }

        ulong value = 0;
        for (int i = 0; i < size; i++)
        {
            value = (value << 8) | _bytes[Position + (IsLittleEndian ? size - 1 - i : i)];
        }

        return (long)value;
    }

    /// <summary>Reads a number.</summary>
    /// <param name="size">Its bytes, 1 to 8.</param>
    public long Read(int size)
    {
        long value = Peek(size);
        Skip(size);
        return value;
    }

    /// <summary>Reads a byte.</summary>
    public int Byte() => (int)Read(1);

    /// <summary>Reads bytes.</summary>
    public ReadOnlySpan<byte> Take(long count)
    {
        int from = Position;
        Skip(count);
        return IsShort ? default : _bytes.Slice(from, (int)count);
    }

    /// <summary>A reader of the next bytes, which count as read.</summary>
    public ByteReader Inner(long count)
    {
        int at = At;
        ReadOnlySpan<byte> bytes = count > Left ? Rest : _bytes.Slice(Position, (int)Math.Max(0, count));
        Skip(count);
        return new ByteReader(bytes, at, IsLittleEndian);
    }

    /// <summary>Tells a field of the next bytes, which stay to be read.</summary>
    /// <param name="sink">Who is told.</param>
    /// <param name="field">The field; of a number or a truth, its mask says which bits.</param>
    /// <param name="size">Its bytes.</param>
    /// <returns>The number that the bytes make, without regard to the mask.</returns>
    public readonly long ReportHere(IFieldSink sink, Field field, int size)
    {
        if (IsShort || size > Left || size < 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> value = _bytes.Slice(Position, size);
        switch (field.Kind)
        {
            case FieldKind.Text:
                // A text ends at its first NUL.
                int end = value.IndexOf((byte)0);
                sink.Text(field, end < 0 ? value : value[..end], At, size);
                return 0;
            case FieldKind.Bytes:
                sink.Bytes(field, value, At);
                return 0;
            case FieldKind.Mac:
                sink.Mac(field, value, At);
                return 0;
            case FieldKind.Ipv4 or FieldKind.Ipv6 or FieldKind.Ip:
                sink.Ip(field, value, At);
                return 0;
            default:
                break;
        }

        long number = Peek(size);
        long bits = field.Mask == ulong.MaxValue ? number : (long)(((ulong)number & field.Mask) >> field.Shift);
        if (field.Kind == FieldKind.Boolean)
        {
            sink.Flag(field, bits != 0, At, size);
        }
        else
        {
            int unused = 64 - (8 * size);
            sink.Number(field, field.Kind == FieldKind.SignedNumber ? bits << unused >> unused : bits, At, size);
        }

        return number;
    }

    /// <summary>Reads a field and tells it.</summary>
    /// <param name="sink">Who is told.</param>
    /// <param name="field">The field; of a number or a truth, its mask says which bits.</param>
    /// <param name="size">Its bytes.</param>
    /// <returns>The number that the bytes make, without regard to the mask.</returns>
    public long Report(IFieldSink sink, Field field, int size)
    {
        long value = ReportHere(sink, field, size);
        Skip(size);
        return value;
    }
}
