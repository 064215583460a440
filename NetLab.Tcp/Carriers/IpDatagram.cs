using System.Buffers.Binary;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Carriers;

/// <summary>An IP packet as a host reads it (RFC 791, RFC 8200): its header checked, its extension headers passed over. Any bytes are taken.</summary>
internal readonly ref struct IpDatagram
{
    /// <summary>Bytes of an IPv4 header without options.</summary>
    public const int Ipv4HeaderSize = 20;

    /// <summary>Bytes of an IPv6 header.</summary>
    public const int Ipv6HeaderSize = 40;

    // More extension headers than any honest packet has.
    private const int MaxExtensions = 8;

    private readonly ReadOnlySpan<byte> _packet;

    private IpDatagram(ReadOnlySpan<byte> packet, bool isIpv4, byte protocol, int payloadOffset, int payloadLength, FragmentPart part = default)
    {
        _packet = packet;
        Part = part;
        (IsIpv4, Protocol, PayloadOffset, PayloadLength) = (isIpv4, protocol, payloadOffset, payloadLength);
    }

    /// <summary>Whether it is IPv4.</summary>
    public bool IsIpv4 { get; }

    /// <summary>What it carries, by IANA's number.</summary>
    public byte Protocol { get; }

    /// <summary>Where that begins in the packet.</summary>
    public int PayloadOffset { get; }

    /// <summary>Its bytes.</summary>
    public int PayloadLength { get; }

    /// <summary>The sender's address, 4 or 16 bytes.</summary>
    public ReadOnlySpan<byte> Source => IsIpv4 ? _packet.Slice(12, 4) : _packet.Slice(8, 16);

    /// <summary>The receiver's address, 4 or 16 bytes.</summary>
    public ReadOnlySpan<byte> Destination => IsIpv4 ? _packet.Slice(16, 4) : _packet.Slice(24, 16);

    /// <summary>The ECN field (RFC 3168, 5).</summary>
    public EcnCodepoint Ecn => (EcnCodepoint)((IsIpv4 ? _packet[1] : _packet[1] >> 4) & 3);

    /// <summary>What it carries.</summary>
    public ReadOnlySpan<byte> Payload => _packet.Slice(PayloadOffset, PayloadLength);

    /// <summary>Which part it is, of a part of a packet; its protocol is then, of IPv6, the header that follows in the whole.</summary>
    public FragmentPart Part { get; }

    /// <summary>Reads a packet.</summary>
    /// <param name="packet">Its bytes; what is behind its end is not looked at.</param>
    /// <param name="datagram">The packet, where there is no reason to drop it; or the part that it is (<see cref="IpDrop.Fragment"/>).</param>
    /// <param name="takesLoopback">Whether it may come from loopback.</param>
    public static IpDrop Read(ReadOnlySpan<byte> packet, out IpDatagram datagram, bool takesLoopback = false)
    {
        datagram = default;
        return packet.IsEmpty ? IpDrop.Malformed : (packet[0] >> 4) switch
        {
            4 => ReadIpv4(packet, takesLoopback, out datagram),
            6 => ReadIpv6(packet, out datagram),
            _ => IpDrop.Malformed,
        };
    }

    private static IpDrop ReadIpv4(ReadOnlySpan<byte> packet, bool takesLoopback, out IpDatagram datagram)
    {
        datagram = default;
        if (packet.Length < Ipv4HeaderSize)
        {
            return IpDrop.Malformed;
        }

        int header = (packet[0] & 0xF) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (header < Ipv4HeaderSize || total < header || total > packet.Length || InternetChecksum.Of(packet[..header]) != 0)
        {
            return IpDrop.Malformed;
        }

        if (header > Ipv4HeaderSize && !AreOptionsTaken(packet[Ipv4HeaderSize..header], out IpDrop reason))
        {
            return reason;
        }

        // RFC 791, 3.1: more fragments, or an offset.
        int field = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        var part = new FragmentPart((field & 0x1FFF) * 8, (field & 0x2000) != 0, BinaryPrimitives.ReadUInt16BigEndian(packet[4..]), header, 0);
        datagram = new IpDatagram(packet, isIpv4: true, packet[9], header, total - header, part);
        bool isSender = IsSenderIpv4(datagram.Source) || (takesLoopback && datagram.Source[0] == 127);
        return !isSender ? IpDrop.BadSource : (field & 0x3FFF) != 0 ? IpDrop.Fragment : IpDrop.None;
    }

    // RFC 791, 3.1: options of one byte, and others with their length; what is not known is passed over (RFC 1122, 3.2.1.8).
    private static bool AreOptionsTaken(ReadOnlySpan<byte> options, out IpDrop reason)
    {
        const byte End = 0;
        const byte NoOperation = 1;
        const byte LooseSourceRoute = 131;
        const byte StrictSourceRoute = 137;
        reason = IpDrop.Malformed;
        while (!options.IsEmpty && options[0] != End)
        {
            if (options[0] == NoOperation)
            {
                options = options[1..];
                continue;
            }

            if (options[0] is LooseSourceRoute or StrictSourceRoute)
            {
                reason = IpDrop.SourceRoute;
                return false;
            }

            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
            {
                return false;
            }

            options = options[options[1]..];
        }

        return true;
    }

    private static IpDrop ReadIpv6(ReadOnlySpan<byte> packet, out IpDatagram datagram)
    {
        datagram = default;
        if (packet.Length < Ipv6HeaderSize)
        {
            return IpDrop.Malformed;
        }

        int end = Ipv6HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        if (end > packet.Length)
        {
            return IpDrop.Malformed;
        }

        int namedAt = 6;
        byte next = packet[namedAt];
        int at = Ipv6HeaderSize;
        for (int i = 0; IsExtension(next); i++)
        {
            // RFC 8200, 4: a next header, and a length in words of 8 bytes without the first one.
            if (i >= MaxExtensions || end - at < 8)
            {
                return IpDrop.Malformed;
            }

            ReadOnlySpan<byte> extension = packet[at..end];
            if (Passes(next, extension) is not IpDrop.None and var reason)
            {
                if (reason == IpDrop.Fragment)
                {
                    int field = BinaryPrimitives.ReadUInt16BigEndian(extension[2..]);
                    var part = new FragmentPart(field & 0xFFF8, (field & 1) != 0, BinaryPrimitives.ReadUInt32BigEndian(extension[4..]), at, namedAt);
                    datagram = new IpDatagram(packet, isIpv4: false, extension[0], at + IpFragments.HeaderSize, end - at - IpFragments.HeaderSize, part);
                    return IsSenderIpv6(datagram.Source) ? reason : IpDrop.BadSource;
                }

                return reason;
            }

            int length = next == FragmentHeader ? IpFragments.HeaderSize : (extension[1] + 1) * 8;
            if (length > extension.Length)
            {
                return IpDrop.Malformed;
            }

            next = extension[0];
            namedAt = at;
            at += length;
        }

        datagram = new IpDatagram(packet, isIpv4: false, next, at, end - at);
        return IsSenderIpv6(datagram.Source) ? IpDrop.None : IpDrop.BadSource;
    }

    /// <summary>The number of IPv6's fragment header.</summary>
    public const byte FragmentHeader = 44;

    private const byte HopByHop = 0;
    private const byte RoutingHeader = 43;
    private const byte DestinationOptions = 60;

    private static bool IsExtension(byte header) => header is HopByHop or RoutingHeader or FragmentHeader or DestinationOptions;

    // A routing header that has run its course is passed over, but for the one that made circles (RFC 5095). A fragment that is the whole packet is none
    // (RFC 6946).
    private static IpDrop Passes(byte header, ReadOnlySpan<byte> extension) => header switch
    {
        RoutingHeader when extension[2] == 0 || extension[3] != 0 => IpDrop.SourceRoute,
        FragmentHeader when (BinaryPrimitives.ReadUInt16BigEndian(extension[2..]) & 0xFFF9) != 0 => IpDrop.Fragment,
        _ => IpDrop.None,
    };

    // RFC 1122, 3.2.1.3: this network, loopback, multicast, and what is reserved or a broadcast are nobody's to send from.
    private static bool IsSenderIpv4(ReadOnlySpan<byte> address) => address[0] is not (0 or 127 or >= 224);

    // RFC 4291, 2.5.2, 2.5.3 and 2.7; and addresses of IPv4 are not IPv6's (2.5.5.2).
    private static bool IsSenderIpv6(ReadOnlySpan<byte> address)
    {
        const ulong MappedPrefix = 0xFFFF;
        ulong high = BinaryPrimitives.ReadUInt64BigEndian(address);
        ulong low = BinaryPrimitives.ReadUInt64BigEndian(address[8..]);
        return address[0] != 0xFF && (high != 0 || (low > 1 && low >> 32 != MappedPrefix));
    }
}
