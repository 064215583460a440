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
    private const int Ipv6Size = 16;

    private readonly Dictionary<(UInt128 Number, int Size), (string Text, byte[] Bytes)> _known = [];

    // An address is asked for as text, and then as bytes.
    private (UInt128 Number, int Size) _lastKey = (0, -1);
    private (string Text, byte[] Bytes) _last;

    /// <summary>An address of a column as text, and as 16 bytes: one of IPv4 as IPv6 writes it, ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).</summary>
    public (string Text, byte[] Bytes) Of(PacketFields fields, int column, int index)
    {
        ReadOnlySpan<byte> address = fields.Bytes(column, index);
        if (address.Length > Ipv6Size)
        {
            // A hardware address of something else than Ethernet.
            return (fields.Text(column, index), []);
        }

        Span<byte> padded = stackalloc byte[Ipv6Size];
        padded.Clear();
        address.CopyTo(padded[(Ipv6Size - address.Length)..]);
        (UInt128, int) key = (BinaryPrimitives.ReadUInt128BigEndian(padded), address.Length);
        if (key == _lastKey)
        {
            return _last;
        }

        _lastKey = key;
        if (_known.TryGetValue(key, out _last))
        {
            return _last;
        }

        if (_known.Count == MaxAddresses)
        {
            _known.Clear();
        }

        if (address.Length == 4)
        {
            padded.Slice(MappedAt, 2).Fill(0xFF);
        }

        return _known[key] = _last = (fields.Text(column, index), padded.ToArray());
    }
}
