using System.Buffers.Binary;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Carriers;

/// <summary>The report that parts of a packet did not come in time (RFC 792, RFC 1122, 3.3.2; RFC 4443, 3.3).</summary>
internal static class IcmpTimeExceeded
{
    private const int HeaderSize = 8;
    private const byte ReassemblyTimeExceeded = 1;

    /// <summary>Makes one.</summary>
    /// <param name="quote">The beginning of the packet that it is about.</param>
    /// <param name="isIpv4">Whose.</param>
    /// <param name="addresses">The sum of both addresses; see <see cref="PseudoHeader.SumOf"/>.</param>
    public static byte[] Make(ReadOnlySpan<byte> quote, bool isIpv4, ushort addresses)
    {
        byte[] message = new byte[HeaderSize + quote.Length];
        message[0] = isIpv4 ? (byte)11 : (byte)3;
        message[1] = ReassemblyTimeExceeded;
        quote.CopyTo(message.AsSpan(HeaderSize));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), isIpv4 ? InternetChecksum.Of(message) : InternetChecksum.OfMessage(message, addresses, IcmpEcho.IcmpIpv6));
        return message;
    }
}
