using System.Buffers.Binary;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Carriers;

/// <summary>Writes IP headers, without options (RFC 791, RFC 8200).</summary>
internal static class IpHeaderWriter
{
    // RFC 1122, 3.2.1.7, and IANA's default.
    private const byte HopLimit = 64;

    /// <summary>Writes a header.</summary>
    /// <param name="header">Where: 20 bytes for IPv4, 40 for IPv6, as the addresses are.</param>
    /// <param name="source">4 or 16 bytes.</param>
    /// <param name="destination">As many.</param>
    /// <param name="protocol">What it carries, by IANA's number.</param>
    /// <param name="payloadLength">Its bytes.</param>
    /// <param name="ecn">The ECN field.</param>
    /// <param name="label">Of IPv6 the flow label (RFC 6437); of IPv4 the identification, or null to forbid that the packet be cut (RFC 6864, 4.1).</param>
    public static void Write(
        Span<byte> header, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, byte protocol, int payloadLength, EcnCodepoint ecn, uint? label)
    {
        if (source.Length == 4)
        {
            header[0] = 0x45;
            header[1] = (byte)ecn;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(IpDatagram.Ipv4HeaderSize + payloadLength));
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)label.GetValueOrDefault());
            BinaryPrimitives.WriteUInt16BigEndian(header[6..], label is null ? (ushort)0x4000 : (ushort)0);
            header[8] = HopLimit;
            header[9] = protocol;
            header.Slice(10, 2).Clear();
            source.CopyTo(header[12..]);
            destination.CopyTo(header[16..]);
            BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Of(header[..IpDatagram.Ipv4HeaderSize]));
            return;
        }

        BinaryPrimitives.WriteUInt32BigEndian(header, (6u << 28) | ((uint)ecn << 20) | (label.GetValueOrDefault() & 0xF_FFFF));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)payloadLength);
        header[6] = protocol;
        header[7] = HopLimit;
        source.CopyTo(header[8..]);
        destination.CopyTo(header[24..]);
    }
}
