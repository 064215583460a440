using System.Buffers.Binary;
using NetLab.Osi.Queries;

namespace NetLab.Host.Tables;

/// <summary>
/// The texts of addresses, each made once: packets bring the same ones again and again. Bounded: when there are too many it
/// begins anew.
/// </summary>
internal sealed class AddressTexts
{
    private const int MaxAddresses = 1 << 16;
    private const int MappedAt = 10;
    private const int Ipv4Size = 4;
    private const int MacSize = 6;
    private const int Ipv6Size = 16;
    private const int RecentSize = 256;

    private readonly Dictionary<(UInt128 Number, int Size), Known> _known = [];

    // Where an address was found last, by a few bits of it: both ends of a conversation come in turns, each as text and as bytes.
    private readonly Known?[] _recent = new Known?[RecentSize];

    /// <summary>Puts the text of an address into a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="fields">The packet.</param>
    /// <param name="source">Which of the <see cref="PacketFields.Columns"/> it is.</param>
    /// <param name="index">Which of its values.</param>
    /// <param name="isNext">Whether it goes on the row's list.</param>
    public void AddText(TextColumn column, PacketFields fields, int source, int index, bool isNext)
    {
        Known known = Of(fields, source, index);
        if (known.Slot < 0)
        {
            column.Add(known.Text, isNext);
        }
        else
        {
            column.Add(known.Text, known.Slot, isNext);
        }
    }

    /// <summary>An address of a column as text.</summary>
    public string TextOf(PacketFields fields, int column, int index) => Of(fields, column, index).Text;

    /// <summary>An address of a column as 16 bytes: one of IPv4 as IPv6 writes it, ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).</summary>
    public byte[] BytesOf(PacketFields fields, int column, int index) => Of(fields, column, index).Bytes;

    private Known Of(PacketFields fields, int column, int index)
    {
        ReadOnlySpan<byte> address = fields.Bytes(column, index);
        if (address.Length > Ipv6Size)
        {
            // A hardware address of something else than Ethernet.
            return new Known(-1, 0, address.Length, fields.Text(column, index), []);
        }

        UInt128 number = NumberOf(address);
        ulong folded = ((ulong)number ^ (ulong)(number >> 64)) * 0x9E37_79B9_7F4A_7C15;
        ref Known? recent = ref _recent[folded >> 56];
        if (recent is null || recent.Number != number || recent.Size != address.Length)
        {
            recent = Find(number, address.Length, fields, column, index);
        }

        return recent;
    }

    private Known Find(UInt128 number, int size, PacketFields fields, int column, int index)
    {
        if (_known.TryGetValue((number, size), out Known? known))
        {
            return known;
        }

        if (_known.Count == MaxAddresses)
        {
            _known.Clear();
        }

        byte[] padded = new byte[Ipv6Size];
        BinaryPrimitives.WriteUInt128BigEndian(padded, number);
        if (size == Ipv4Size)
        {
            padded.AsSpan(MappedAt, 2).Fill(0xFF);
        }

        return _known[(number, size)] = new Known(_known.Count, number, size, fields.Text(column, index), padded);
    }

    // Of the usual sizes by reads of their own: a copy that is read at once waits until it is stored.
    private static UInt128 NumberOf(ReadOnlySpan<byte> address)
    {
        switch (address.Length)
        {
            case Ipv4Size:
                return BinaryPrimitives.ReadUInt32BigEndian(address);
            case MacSize:
                return ((ulong)BinaryPrimitives.ReadUInt16BigEndian(address) << 32) | BinaryPrimitives.ReadUInt32BigEndian(address[2..]);
            case Ipv6Size:
                return BinaryPrimitives.ReadUInt128BigEndian(address);
            default:
                Span<byte> padded = stackalloc byte[Ipv6Size];
                padded.Clear();
                address.CopyTo(padded[(Ipv6Size - address.Length)..]);
                return BinaryPrimitives.ReadUInt128BigEndian(padded);
        }
    }

    private sealed record Known(int Slot, UInt128 Number, int Size, string Text, byte[] Bytes);
}
