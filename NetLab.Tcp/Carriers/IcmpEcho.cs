using System.Buffers.Binary;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Carriers;

/// <summary>The answer to a question for a sign of life (RFC 792; RFC 1122, 3.2.2.6; RFC 4443, 4.2): the same bytes, and no more of them.</summary>
internal static class IcmpEcho
{
    private const int HeaderSize = 8;
    private const byte RequestIpv4 = 8;
    private const byte ReplyIpv4 = 0;
    private const byte RequestIpv6 = 128;
    private const byte ReplyIpv6 = 129;

    /// <summary>Whether a message of ICMP is such a question.</summary>
    public static bool IsRequest(ReadOnlySpan<byte> message, bool isIpv4) =>
        message.Length >= HeaderSize && message[0] == (isIpv4 ? RequestIpv4 : RequestIpv6) && message[1] == 0;

    /// <summary>Makes the answer of the question.</summary>
    /// <param name="message">The question; the answer from then on.</param>
    /// <param name="isIpv4">Whose.</param>
    public static void Answer(Span<byte> message, bool isIpv4)
    {
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(message);
        message[0] = isIpv4 ? ReplyIpv4 : ReplyIpv6;
        ushort after = BinaryPrimitives.ReadUInt16BigEndian(message);

        // RFC 1624, 3. The pseudo-header of IPv6 has both addresses, and in another order is the same.
        int sum = (ushort)~BinaryPrimitives.ReadUInt16BigEndian(message[2..]) + (ushort)~before + after;
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~sum);
    }

    /// <summary>Whether a message's checksum is right.</summary>
    /// <param name="message">It.</param>
    /// <param name="isIpv4">Whose: that of IPv6 has a pseudo-header (RFC 4443, 2.3).</param>
    /// <param name="addresses">The sum of the packet's addresses; see <see cref="PseudoHeader.SumOf"/>.</param>
    public static bool IsIntact(ReadOnlySpan<byte> message, bool isIpv4, ushort addresses) => isIpv4
        ? InternetChecksum.Of(message) == 0
        : InternetChecksum.OfMessage(message, addresses, IcmpIpv6) == 0;

    /// <summary>The protocol's number, of IPv4.</summary>
    public const byte IcmpIpv4 = 1;

    /// <summary>The protocol's number, of IPv6.</summary>
    public const byte IcmpIpv6 = 58;
}
