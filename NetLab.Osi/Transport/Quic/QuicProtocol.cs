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

        // RFC 9287: once a connection is known, the fixed bit may be 0. STUN, which shares ports with QUIC, has a cookie (RFC 9443).
        if (known is null ? !BeginsOnPort(bytes) && !IsNegotiation(bytes) : IsStun(bytes))
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

    // Here a port of QUIC, or a version that is known, was asked for before. RFC 8999: what versions have in common is the form bit, a number and
    // two identifiers; the fixed bit of RFC 9000 is asked for as well where the version is not known.
    private static bool BeginsOnPort(ReadOnlySpan<byte> bytes) =>
        HasLongHeader(bytes, out uint version, out int rest) && rest > 0 && version != QuicVersion.Negotiation && ((bytes[0] & 0x40) != 0 || QuicVersion.Find(version) is not null);

    private static bool IsStun(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 20 && bytes[0] <= 3 && BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) == 0x2112_A442;

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
                at = datagram.Length;
                break;
            }

            at += length;
        }

        // 12.2: packets of a datagram are for the same identifier; what is for another is ignored, and so is what fills the datagram up.
        if (at < datagram.Length && (at == 0 || datagram[(at + 1)..].StartsWith(datagram.Slice(6, datagram[5]))))
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

        connection.LearnSource(fromLow, source);
        QuicVersion? version = QuicVersion.Find(number);
        QuicVersion.PacketType type = QuicVersion.TypeOf(version, packet[0]);
        int numberAt = 0;
        int end = number == QuicVersion.Negotiation ? 0 : FindEnd(type, packet, at, out numberAt);
        Note(detail.Headers, number, version, packet, destination, source, end > 0 ? end : packet.Length);
        if (number == QuicVersion.Negotiation)
        {
            detail.Packets.Add("version negotiation");
            for (; packet.Length - at >= 4; at += 4)
            {
                detail.Headers.Add(QuicDetail.Fields.Supported, BinaryPrimitives.ReadUInt32BigEndian(packet[at..]));
            }

            return 0;
        }

        detail.Packets.Add(version is null && !QuicVersion.IsPlausible(number) ? "unknown version" : type.ToString().ToLowerInvariant());
        if (end > 0 && type == QuicVersion.PacketType.Initial && version is not null)
        {
            connection.TakeInitial(version, fromLow, destination, packet[..end], numberAt, tls);
        }

        return end;
    }

    // Where a packet ends; 0 when it does not say, or lies.
    private static int FindEnd(QuicVersion.PacketType type, ReadOnlySpan<byte> packet, int at, out int numberAt)
    {
        numberAt = 0;
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

        numberAt = at;
        return at + (int)length;
    }

    private static void Note(
        FieldValues headers, uint number, QuicVersion? version, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> source, int length)
    {
        headers.Add(QuicDetail.Fields.HeaderForm, 1);
        headers.Add(QuicDetail.Fields.Length, length);
        if (number != QuicVersion.Negotiation)
        {
            headers.Add(version?.IsVersion2 == true ? QuicDetail.Fields.LongType2 : QuicDetail.Fields.LongType, (packet[0] >> 4) & 3);
        }

        if (!destination.IsEmpty)
        {
            headers.Add(QuicDetail.Fields.DestinationId, destination);
        }

        if (!source.IsEmpty)
        {
            headers.Add(QuicDetail.Fields.SourceId, source);
        }
    }

    private static void TakeShort(QuicConnection connection, QuicDetail detail, bool fromLow, ReadOnlySpan<byte> packet, bool isAlone)
    {
        detail.Packets.Add("1-rtt");
        detail.Headers.Add(QuicDetail.Fields.HeaderForm, 0);
        detail.Headers.Add(QuicDetail.Fields.Length, packet.Length);
        if (connection.Identifier(ofLow: !fromLow) is not { Length: > 0 } identifier || packet.Length <= identifier.Length)
        {
            return;
        }

        // RFC 9000, 5.1.1: ends go on to other identifiers, which frames tell that nobody else can read: those are as long, most of the time.
        ReadOnlySpan<byte> destination = packet.Slice(1, identifier.Length);
        bool isTold = destination.SequenceEqual(identifier);
        if (isTold)
        {
            detail.Headers.Add(QuicDetail.Fields.DestinationId, destination);
        }

        if (isTold || isAlone)
        {
            detail.DestinationIds.Add(Convert.ToHexStringLower(destination));
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
