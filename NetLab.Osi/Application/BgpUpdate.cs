using System.Buffers.Binary;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>An update of BGP (RFC 4271, 4.3): routes that are no more, path attributes, and routes that have them.</summary>
internal static class BgpUpdate
{
    private const int ExtendedLength = 0x10;
    private const int LengthAndType = 3;

    /// <summary>Tells the fields of an update.</summary>
    /// <param name="bytes">The message from behind its marker on.</param>
    /// <param name="at">Where it begins in its buffer.</param>
    /// <param name="sink">Who is told.</param>
    public static void Describe(ReadOnlySpan<byte> bytes, int at, IFieldSink sink)
    {
        int next = LengthAndType;
        if (!TryPart(bytes, ref next, out ReadOnlySpan<byte> withdrawn))
        {
            return;
        }

        DescribePrefixes(BgpFields.Withdrawn, BgpFields.WithdrawnPrefix, withdrawn, at + next - withdrawn.Length, sink);
        if (!TryPart(bytes, ref next, out ReadOnlySpan<byte> attributes))
        {
            return;
        }

        DescribeAttributes(attributes, at + next - attributes.Length, sink);
        DescribePrefixes(BgpFields.Routes, BgpFields.Prefix, bytes[next..], at + next, sink);
    }

    private static bool TryPart(ReadOnlySpan<byte> bytes, ref int next, out ReadOnlySpan<byte> part)
    {
        part = default;
        if (next + 2 > bytes.Length)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[next..]);
        next += 2;
        bool isWhole = next + length <= bytes.Length;
        part = bytes.Slice(next, Math.Min(length, bytes.Length - next));
        next += part.Length;
        return isWhole;
    }

    private static void DescribeAttributes(ReadOnlySpan<byte> bytes, int at, IFieldSink sink)
    {
        sink.BeginList(BgpFields.Attributes);
        int next = 0;
        while (next + 3 <= bytes.Length)
        {
            int header = (bytes[next] & ExtendedLength) != 0 ? 4 : 3;
            if (next + header > bytes.Length)
            {
                break;
            }

            int length = header == 4 ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 2)..]) : bytes[next + 2];
            int value = next + header;
            sink.BeginItem();
            sink.Number(BgpFields.AttributeType, bytes[next + 1], at + next + 1, 1);
            sink.Number(BgpFields.AttributeLength, length, at + next + 2, header - 2);
            DescribeAttribute(bytes[next + 1], bytes.Slice(value, Math.Min(length, bytes.Length - value)), at + value, sink);
            sink.EndItem();
            next = value + length;
        }

        sink.EndList();
    }

    private static void DescribeAttribute(int type, ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        switch (type)
        {
            case 1 when value.Length == 1:
                sink.Number(BgpFields.Origin, value[0], at, 1);
                break;
            case 3 when value.Length == 4:
                sink.Ip(BgpFields.NextHop, value, at);
                break;
            case 4 when value.Length == 4:
                sink.Number(BgpFields.Discriminator, BinaryPrimitives.ReadUInt32BigEndian(value), at, 4);
                break;
            case 5 when value.Length == 4:
                sink.Number(BgpFields.LocalPreference, BinaryPrimitives.ReadUInt32BigEndian(value), at, 4);
                break;
            default:
                break;
        }
    }

    // RFC 4271, 4.3: bits of the prefix, then as many bytes as they need.
    private static void DescribePrefixes(Field list, Field field, ReadOnlySpan<byte> bytes, int at, IFieldSink sink)
    {
        Span<byte> address = stackalloc byte[4];
        sink.BeginList(list);
        int next = 0;
        while (next < bytes.Length && bytes[next] <= 32)
        {
            int size = (bytes[next] + 7) / 8;
            if (next + 1 + size > bytes.Length)
            {
                break;
            }

            address.Clear();
            bytes.Slice(next + 1, size).CopyTo(address);
            sink.BeginItem();
            sink.Ip(field, address, at + next + 1);
            sink.Number(BgpFields.PrefixLength, bytes[next], at + next, 1);
            sink.EndItem();
            next += 1 + size;
        }

        sink.EndList();
    }
}
