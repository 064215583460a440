using NetLab.Osi.Network;
using NetLab.Osi.Numbers;

namespace NetLab.Osi.Transport;

/// <summary>
/// Several of NetLab's segments in one datagram, as a capture on the sender's side sees them before the kernel cuts them
/// (UDP_SEGMENT, udp(7)): all of one length but the last, each with a header and a checksum of its own.
/// </summary>
internal static class SegmentBatch
{
    private const int Ports = 4;
    private const int MaxSums = 8;

    /// <summary>How long each segment is; as long as the datagram when it holds one.</summary>
    /// <param name="datagram">The datagram's payload, as far as captured.</param>
    public static int SegmentLength(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 2 * TcpHeader.MinSize || !IsHeader(datagram, datagram))
        {
            return datagram.Length;
        }

        // The next segment begins with the same ports, where a checksum says that the first one ends.
        ReadOnlySpan<byte> ports = datagram[..Ports];
        int from = TcpHeader.MinSize;
        int sums = 0;
        while (from <= datagram.Length - TcpHeader.MinSize)
        {
            int found = datagram[from..].IndexOf(ports);
            if (found < 0)
            {
                break;
            }

            int at = from + found;
            if (IsHeader(datagram[at..], datagram) && InternetChecksum.IsRightWithoutAddresses(datagram[..at], IpProtocols.Tcp))
            {
                return at;
            }

            // A payload that is full of them is not summed for each.
            from = at + Ports;
            if (++sums == MaxSums)
            {
                break;
            }
        }

        return datagram.Length;
    }

    /// <summary>Whether bytes begin like a header of the datagram's connection.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> datagram) =>
        TcpHeader.TryRead(bytes, out TcpHeader header)
        && header.HeaderLength is >= TcpHeader.MinSize && header.HeaderLength <= bytes.Length && (header.Flags & 0xE00) == 0
        && bytes[..Ports].SequenceEqual(datagram[..Ports]);
}
