using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport.Quic;

/// <summary>QUIC (RFC 8999, RFC 9000): the packets of a datagram, the hello in Initial ones decrypted.</summary>
internal static class QuicProtocol
{
    // RFC 9000, 17.2: identifiers of version 1 and 2 are at most this long.
    private const int MaxIdLength = 20;
    private const int LongHeaderFixed = 7;

    public static readonly Protocol Value = new("quic", OsiLayer.Transport, "QUIC", QuicDetail.Fields.All, Dissect) { Begins = Begins };

    /// <summary>Whether a datagram begins with a long header of a version that is known.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => HasLongHeader(bytes, out uint version, out _) && (bytes[0] & 0x40) != 0 && QuicVersion.IsPlausible(version);

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        MessageConversation? conversation = dissection.Conversation;
        QuicConnection? known = conversation?.State<QuicConnection>(null);
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (known is null ? !Begins(bytes) && !IsNegotiation(bytes) : (bytes[0] & 0xC0) == 0)
        {
            return false;
        }

        // A quotation in an ICMP error is no part of a connection: what it says is said by its header alone.
        QuicConnection connection = known ?? (conversation is null ? new QuicConnection() : conversation.State(dissection.Recall(QuicConnections.Slot).Begin)!);
        if (conversation is not null)
        {
            conversation.Application = Value;
        }

        Dissect(dissection, connection, dissection.Result.IsFromFirst, offset, end);
        if (conversation is null)
        {
            connection.Forget();
        }

        return true;
    }

    private static bool HasLongHeader(ReadOnlySpan<byte> bytes, out uint version, out int versions)
    {
        (version, versions) = (0, 0);
        if (bytes.Length < LongHeaderFixed || (bytes[0] & 0x80) == 0)
        {
            return false;
        }

        version = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        int destinationId = bytes[5];
        int sourceAt = 6 + destinationId;
        if (destinationId > MaxIdLength || sourceAt >= bytes.Length || bytes[sourceAt] > MaxIdLength || sourceAt + 1 + bytes[sourceAt] > bytes.Length)
        {
            return false;
        }

        versions = bytes.Length - sourceAt - 1 - bytes[sourceAt];
        return true;
    }

    // Too little to be believed but on a port of QUIC, where no other check was asked for before.
    private static bool IsNegotiation(ReadOnlySpan<byte> bytes) =>
        HasLongHeader(bytes, out uint version, out int versions) && version == QuicVersion.Negotiation && versions > 0 && versions % 4 == 0;

    private static void Dissect(in Dissection dissection, QuicConnection connection, bool fromLow, int offset, int end)
    {
        ReadOnlySpan<byte> datagram = dissection.Bytes[offset..end];
        var detail = new QuicDetail();
        if (!dissection.Add(Value, offset, datagram.Length, end, detail))
        {
            return;
        }

        var tls = new TlsDetail();
        int at = 0;

        // RFC 9000, 12.2: packets with long headers say how long they are, so that others can follow in the datagram.
        while (at < datagram.Length && (datagram[at] & 0x80) != 0)
        {
            int length = TakeLong(connection, detail, tls, fromLow, datagram[at..]);
            if (length <= 0)
            {
                break;
            }

            at += length;
        }

        if (at < datagram.Length && (datagram[at] & 0xC0) == 0x40)
        {
            TakeShort(connection, detail, fromLow, datagram[at..], isAlone: at == 0);
        }

        if (tls.Handshakes.Count > 0)
        {
            dissection.Add(TlsProtocol.Value, offset, datagram.Length, end, tls);
        }
    }

    // The packet's length; 0 when nothing can follow it, or it lies.
    private static int TakeLong(QuicConnection connection, QuicDetail detail, TlsDetail tls, bool fromLow, ReadOnlySpan<byte> packet)
    {
        if (packet.Length < LongHeaderFixed)
        {
            return 0;
        }

        uint number = BinaryPrimitives.ReadUInt32BigEndian(packet[1..]);
        int at = 5;
        if (!TryTakeId(packet, ref at, out ReadOnlySpan<byte> destination) || !TryTakeId(packet, ref at, out ReadOnlySpan<byte> source))
        {
            return 0;
        }

        detail.Versions.Add((int)number);
        if (!destination.IsEmpty)
        {
            detail.DestinationIds.Add(Convert.ToHexStringLower(destination));
        }

        connection.LearnSource(fromLow, source.Length);
        if (number == QuicVersion.Negotiation || QuicVersion.Find(number) is not { } version)
        {
            detail.Packets.Add(number == QuicVersion.Negotiation ? "version negotiation" : "unknown version");
            return 0;
        }

        QuicVersion.PacketType type = version.TypeOf(packet[0]);
        detail.Packets.Add(type.ToString().ToLowerInvariant());
        if (type == QuicVersion.PacketType.Retry)
        {
            return 0;
        }

        if (type == QuicVersion.PacketType.Initial)
        {
            if (!QuicFrames.TryReadNumber(packet, ref at, out long token) || token > packet.Length - at)
            {
                return 0;
            }

            at += (int)token;
        }

        if (!QuicFrames.TryReadNumber(packet, ref at, out long length) || length > packet.Length - at)
        {
            return 0;
        }

        int end = at + (int)length;
        if (type == QuicVersion.PacketType.Initial)
        {
            connection.TakeInitial(version, fromLow, destination, packet[..end], at, tls);
        }

        return end;
    }

    private static void TakeShort(QuicConnection connection, QuicDetail detail, bool fromLow, ReadOnlySpan<byte> packet, bool isAlone)
    {
        // Behind a long header in the same datagram, its identifier would only be said twice.
        detail.Packets.Add("1-rtt");
        int length = fromLow ? connection.HighIdLength : connection.LowIdLength;
        if (isAlone && length > 0 && packet.Length > length)
        {
            detail.DestinationIds.Add(Convert.ToHexStringLower(packet.Slice(1, length)));
        }
    }

    private static bool TryTakeId(ReadOnlySpan<byte> packet, ref int at, out ReadOnlySpan<byte> id)
    {
        int length = at < packet.Length ? packet[at] : int.MaxValue;
        if (length > packet.Length - at - 1)
        {
            id = default;
            return false;
        }

        id = packet.Slice(at + 1, length);
        at += 1 + length;
        return true;
    }
}
