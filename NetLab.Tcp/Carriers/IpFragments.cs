using System.Buffers.Binary;
using NetLab.Tcp.Segments;
using NetLab.Udp.Devices;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Carriers;

/// <summary>Sends a packet that is longer than its device carries in parts (RFC 791, 3.2; RFC 8200, 4.5).</summary>
internal static class IpFragments
{
    /// <summary>Bytes of a fragment header of IPv6.</summary>
    public const int HeaderSize = 8;

    /// <summary>Sends it.</summary>
    /// <param name="device">Where.</param>
    /// <param name="source">4 or 16 bytes.</param>
    /// <param name="destination">As many.</param>
    /// <param name="protocol">What it carries, by IANA's number.</param>
    /// <param name="payload">That.</param>
    /// <param name="identification">What the parts have in common, of IPv4 its lower 16 bits; one that nobody can foretell (RFC 7739).</param>
    public static void Send(IpDevice device, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, byte protocol, ReadOnlySpan<byte> payload, uint identification)
    {
        bool isIpv4 = source.Length == 4;
        Span<byte> header = stackalloc byte[IpDatagram.Ipv6HeaderSize + HeaderSize];
        header = header[..(isIpv4 ? IpDatagram.Ipv4HeaderSize : IpDatagram.Ipv6HeaderSize + HeaderSize)];
        int most = Math.Max(8, (device.Mtu - header.Length) & ~7);
        for (int at = 0; at < payload.Length; at += most)
        {
            ReadOnlySpan<byte> piece = payload[at..Math.Min(at + most, payload.Length)];
            bool hasMore = at + piece.Length < payload.Length;
            if (isIpv4)
            {
                IpHeaderWriter.Write(header, source, destination, protocol, piece.Length, EcnCodepoint.NotEct, label: identification);
                BinaryPrimitives.WriteUInt16BigEndian(header[6..], (ushort)((at / 8) | (hasMore ? 0x2000 : 0)));
                header[10..12].Clear();
                BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Of(header));
            }
            else
            {
                IpHeaderWriter.Write(header, source, destination, IpDatagram.FragmentHeader, HeaderSize + piece.Length, EcnCodepoint.NotEct, label: 0);
                Span<byte> fragment = header[IpDatagram.Ipv6HeaderSize..];
                (fragment[0], fragment[1]) = (protocol, 0);
                BinaryPrimitives.WriteUInt16BigEndian(fragment[2..], (ushort)(at | (hasMore ? 1 : 0)));
                BinaryPrimitives.WriteUInt32BigEndian(fragment[4..], identification);
            }

            device.TrySend(header, piece, piece.Length, 0, default);
        }
    }
}
