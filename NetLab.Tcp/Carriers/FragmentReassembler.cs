using System.Buffers.Binary;
using NetLab.Tcp.Segments;
using NetLab.Udp.Devices;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Carriers;

/// <summary>
/// Puts packets together whose parts come one by one (RFC 791, 3.2; RFC 1122, 3.3.2; RFC 8200, 4.5). Parts that overlap take the whole packet with them
/// (RFC 5722), of IPv4 as well. Memory and time are bounded whatever comes: when there is no room, the oldest goes.
/// </summary>
internal sealed class FragmentReassembler
{
    /// <summary>Packets that may be under way at once.</summary>
    public const int MaxPackets = 64;

    /// <summary>Bytes that all parts may take together: sixteen of the longest packets.</summary>
    public const int MaxBytes = 1 << 20;

    // RFC 4443, 2.4: an error is no longer than the least MTU of IPv6, with its own two headers.
    private const int MaxQuote = 1280 - IpDatagram.Ipv6HeaderSize - 8;

    private readonly Dictionary<Key, LinkedListNode<(Key Key, PartialPacket Packet)>> _byKey = [];
    private readonly LinkedList<(Key Key, PartialPacket Packet)> _byAge = [];

    /// <summary>How long parts wait for the others (RFC 8200, 4.5; RFC 1122, 3.3.2 has 60 to 120 s).</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Packets under way.</summary>
    public int Count => _byAge.Count;

    /// <summary>Bytes that they take.</summary>
    public int Bytes { get; private set; }

    /// <summary>When the oldest packet will be given up; never if there is none.</summary>
    public Instant NextDeadline => _byAge.First is { } oldest ? oldest.Value.Packet.Deadline : Instant.Never;

    /// <summary>Takes a part.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="packet">The part, with its header.</param>
    /// <param name="fragment">The same as it was read.</param>
    /// <param name="whole">Where the packet goes that it completes; may be where the part is.</param>
    /// <param name="length">The bytes of that packet; 0 while there is none.</param>
    /// <returns>False if it is dropped: it lies, is there already, or is of a packet that contradicts itself.</returns>
    public bool Add(Instant now, ReadOnlySpan<byte> packet, in IpDatagram fragment, Span<byte> whole, out int length)
    {
        length = 0;
        FragmentPart part = fragment.Part;
        int size = fragment.PayloadLength;

        // All but the last are whole words of 8 bytes, and no packet is longer than its length can say.
        int most = Math.Min(whole.Length, IpDevice.MaxPacketLength);
        if (size == 0 || (part.HasMore && size % 8 != 0) || part.HeaderLength + part.Offset + size > most)
        {
            return false;
        }

        Key key = KeyOf(fragment);
        if (!_byKey.TryGetValue(key, out LinkedListNode<(Key Key, PartialPacket Packet)>? node))
        {
            node = _byAge.AddLast((key, new PartialPacket(now + Patience)));
            _byKey.Add(key, node);
            Bytes += node.Value.Packet.Cost;
        }

        PartialPacket partial = node.Value.Packet;
        if (partial.IsRefused)
        {
            return false;
        }

        int before = partial.Cost;
        int quote = fragment.IsIpv4 ? Math.Min(fragment.PayloadOffset + 8, fragment.PayloadOffset + size) : Math.Min(fragment.PayloadOffset + size, MaxQuote);
        bool isNew = partial.Add(packet, fragment, quote);
        Bytes += partial.Cost - before;
        if (partial.Length is { } total)
        {
            // The first part's header is that of the whole, and may be longer than those of the others.
            length = partial.Ecn is { } ecn && partial.Header.Length + total <= most ? Write(partial, total, fragment.IsIpv4, ecn, whole) : 0;
            Remove(node);
            return length > 0;
        }

        while (_byAge.Count > MaxPackets || Bytes > MaxBytes)
        {
            Remove(_byAge.First!);
        }

        return isNew && !partial.IsRefused;
    }

    /// <summary>Gives up the oldest packet if its time is over.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="quote">The beginning of its first part, for a report to its sender; empty if there is to be none: the first part has not come, or what has contradicts itself.</param>
    /// <returns>False if there is none whose time is over.</returns>
    public bool TryExpire(Instant now, out ReadOnlySpan<byte> quote)
    {
        quote = default;
        if (_byAge.First is not { } oldest || oldest.Value.Packet.Deadline > now)
        {
            return false;
        }

        quote = oldest.Value.Packet.Quote;
        Remove(oldest);
        return true;
    }

    private void Remove(LinkedListNode<(Key Key, PartialPacket Packet)> node)
    {
        Bytes -= node.Value.Packet.Cost;
        _byAge.Remove(node);
        _byKey.Remove(node.Value.Key);
    }

    private static int Write(PartialPacket partial, int total, bool isIpv4, EcnCodepoint ecn, Span<byte> whole)
    {
        Span<byte> header = whole[..partial.Header.Length];
        partial.Header.CopyTo(header);
        partial.CopyTo(whole[header.Length..]);
        if (isIpv4)
        {
            header[1] = (byte)((header[1] & ~3) | (int)ecn);
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(header.Length + total));
            header[6..8].Clear();
            header[10..12].Clear();
            BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Of(header));
        }
        else
        {
            header[1] = (byte)((header[1] & ~0x30) | ((int)ecn << 4));
            header[partial.NextHeaderAt] = partial.Protocol;
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(header.Length - IpDatagram.Ipv6HeaderSize + total));
        }

        return header.Length + total;
    }

    // RFC 791, 3.2: of IPv4 the protocol is a part of it, of IPv6 not. All packets are for one address of ours a version.
    private static Key KeyOf(in IpDatagram fragment) => fragment.IsIpv4
        ? new Key(BinaryPrimitives.ReadUInt32BigEndian(fragment.Source), fragment.Part.Identification, fragment.Protocol, IsIpv4: true)
        : new Key(BinaryPrimitives.ReadUInt128BigEndian(fragment.Source), fragment.Part.Identification, 0, IsIpv4: false);

    private readonly record struct Key(UInt128 Source, uint Identification, byte Protocol, bool IsIpv4);
}
