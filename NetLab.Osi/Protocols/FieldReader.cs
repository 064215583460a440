using System.Buffers.Binary;

namespace NetLab.Osi.Protocols;

/// <summary>Reads fields where their declarations say that they stand.</summary>
public static class FieldReader
{
    /// <summary>Tells fields that have a place of their own, as far as the bytes go.</summary>
    /// <param name="fields">The fields; each has a place.</param>
    /// <param name="header">The bytes that the places count in.</param>
    /// <param name="at">Where those bytes begin in their buffer.</param>
    /// <param name="sink">Who is told.</param>
    public static void Report(ReadOnlySpan<Field> fields, ReadOnlySpan<byte> header, int at, IFieldSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        bool hidden = sink.WantsHidden;
        foreach (Field field in fields)
        {
            // Who wants hidden fields looks at few; who does not takes all that have a name.
            if ((hidden ? sink.Wants(field) : field.Name is not null) && field.At + field.Size <= header.Length)
            {
                Report(field, header, at, sink);
            }
        }
    }

    /// <summary>The number that a field's bits make.</summary>
    /// <param name="field">The field.</param>
    /// <param name="header">The bytes that its place counts in; long enough.</param>
    public static ulong Read(Field field, ReadOnlySpan<byte> header)
    {
        ArgumentNullException.ThrowIfNull(field);
        ReadOnlySpan<byte> bytes = header.Slice(field.At, field.Size);
        ulong value = field.Size switch
        {
            1 => bytes[0],
            2 => field.IsLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes),
            4 => field.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes),
            _ => ReadAny(bytes, field.IsLittleEndian),
        };
        return field.Mask == ulong.MaxValue ? value : (value & field.Mask) >> field.Shift;
    }

    private static void Report(Field field, ReadOnlySpan<byte> header, int at, IFieldSink sink)
    {
        int offset = at + field.At;
        switch (field.Kind)
        {
            case FieldKind.Boolean:
                sink.Flag(field, Read(field, header) != 0, offset, field.Size);
                break;
            case FieldKind.Mac:
                sink.Mac(field, header.Slice(field.At, field.Size), offset);
                break;
            case FieldKind.Ipv4 or FieldKind.Ipv6 or FieldKind.Ip:
                sink.Ip(field, header.Slice(field.At, field.Size), offset);
                break;
            case FieldKind.Bytes:
                sink.Bytes(field, header.Slice(field.At, field.Size), offset);
                break;
            case FieldKind.Text:
                sink.Text(field, header.Slice(field.At, field.Size).TrimEnd((byte)0), offset, field.Size);
                break;
            case FieldKind.SignedNumber:
                // The highest bit that was read is the sign.
                int unused = System.Numerics.BitOperations.LeadingZeroCount(field.Mask == ulong.MaxValue ? ulong.MaxValue >> (64 - (8 * field.Size)) : field.Mask >> field.Shift);
                sink.Number(field, (long)(Read(field, header) << unused) >> unused, offset, field.Size);
                break;
            default:
                sink.Number(field, (long)Read(field, header), offset, field.Size);
                break;
        }
    }

    private static ulong ReadAny(ReadOnlySpan<byte> bytes, bool littleEndian)
    {
        ulong value = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            value = (value << 8) | bytes[littleEndian ? bytes.Length - 1 - i : i];
        }

        return value;
    }
}
