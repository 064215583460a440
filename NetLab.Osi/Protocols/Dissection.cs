using System.Net;
using NetLab.Osi.Model;

namespace NetLab.Osi.Protocols;

/// <summary>A packet being taken apart: its bytes, what was found so far, and the memory of what came before it.</summary>
public readonly ref struct Dissection
{
    // Tunnels in tunnels end: no real packet has as many headers, and each costs stack, a kilobyte at most.
    private const int MaxEntries = 256;

    // What a message says of other conversations is a handful; a hostile one says it for ever.
    private const int MaxExpectations = 64;

    internal Dissection(
        ReadOnlySpan<byte> packet, ReadOnlySpan<byte> bytes, DecodedPacket result, ProtocolRegistry registry, DecoderMemory memory, int wireEnd,
        int buffer = 0, bool isQuoted = false, MessageConversation? conversation = null)
    {
        Packet = packet;
        Bytes = bytes;
        (Result, Registry, Memory, WireEnd) = (result, registry, memory, wireEnd);
        (Buffer, IsQuoted, Conversation) = (buffer, isQuoted, conversation);
    }

    /// <summary>The packet, or what was reassembled or decrypted from it; offsets count in here.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>What was found so far.</summary>
    public DecodedPacket Result { get; }

    /// <summary>The protocols that are known.</summary>
    public ProtocolRegistry Registry { get; }

    /// <summary>Whether the bytes are a quotation in an ICMP error: they are shown, but are no part of any conversation.</summary>
    public bool IsQuoted { get; }

    /// <summary>Where the bytes ended on the wire, by the lengths seen so far: behind the captured end when the packet was cut.</summary>
    public int WireEnd { get; }

    /// <summary>The UDP conversation whose datagram is taken apart, or the stream whose message; null outside of them and in a quotation.</summary>
    public MessageConversation? Conversation { get; }

    private DecoderMemory Memory { get; }

    private int Buffer { get; }

    private ReadOnlySpan<byte> Packet { get; }

    /// <summary>What a protocol remembers in this decoder.</summary>
    public T Recall<T>(MemorySlot<T> slot)
        where T : class => Memory.Recall(slot);

    /// <summary>Hands on to the protocol that a number chooses; where none takes the bytes, they are noted as data of a protocol not known.</summary>
    /// <param name="table">What kind of number.</param>
    /// <param name="number">The number.</param>
    /// <param name="offset">Where what it chooses begins.</param>
    /// <param name="end">Where the captured bytes end.</param>
    public void Next(NumberTable table, long number, int offset, int end)
    {
        if (!TryNext(table, number, offset, end))
        {
            Result.Stop ??= new DecodeStop(table.CarriedLayer, DecodeStopReason.UnknownProtocol, offset, 0, 0, table.Title, number, table.NameOf(number));
            Data(table.CarriedLayer, offset, end);
        }
    }

    /// <summary>Hands on to the protocol that a number chooses.</summary>
    /// <returns>False when none takes the bytes: nothing was noted.</returns>
    public bool TryNext(NumberTable table, long number, int offset, int end)
    {
        for (ProtocolRow? row = Registry.Find(table, number); row is not null; row = row.Next)
        {
            if (row.Reference.Protocol.Dissect(this, offset, end))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Hands on to IP, of whichever version the first four bits say.</summary>
    public void NextIp(int offset, int end)
    {
        const int MinSize = 20;
        int version = offset < end ? Bytes[offset] >> 4 : 0;
        if (offset >= end)
        {
            TooShort(OsiLayer.Network, "IP header", offset, MinSize, end);
        }
        else if (!TryNext(NumberTable.IpVersion, version, offset, end))
        {
            Malformed(OsiLayer.Network, "IP version", offset, version);
            Data(OsiLayer.Network, offset, end);
        }
    }

    /// <summary>Says that datagrams to or from an end are of a protocol, unless their ports or their bytes say something else.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="address">The end's address.</param>
    /// <param name="port">Its UDP port.</param>
    /// <param name="isImplied">Whether it only follows from what a message says of another port (RTCP's is RTP's and one, RFC 3550, 11): it gives way to what a message says.</param>
    public void Expect(Protocol protocol, IPAddress address, int port, bool isImplied = false)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        if (!IsQuoted && Result.Expectations.Count < MaxExpectations && address.MapToIPv6().TryWriteBytes(bytes, out _))
        {
            Result.Expectations.Add(new Expectation(AddressNumber.Read(bytes), port, protocol, isImplied));
        }
    }

    /// <summary>Notes a protocol.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="offset">Where its header begins.</param>
    /// <param name="headerLength">Bytes of header.</param>
    /// <param name="end">Where the captured bytes of it and what it carries end.</param>
    /// <param name="detail">What its bytes alone do not tell.</param>
    /// <returns>False when the packet has more headers than any real one, so that nothing further is taken apart.</returns>
    public bool Add(Protocol protocol, int offset, int headerLength, int end, LayerDetail? detail = null)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        return Add(protocol, protocol.Layer, offset, headerLength, end, detail);
    }

    /// <summary>Notes that a header needs more bytes than there are: cut by the capture, or a length above it that lies.</summary>
    /// <param name="layer">The layer whose header it is.</param>
    /// <param name="what">The header or the length field that says how many are needed.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="needed">Bytes needed from there.</param>
    /// <param name="end">Where the captured bytes end.</param>
    public void TooShort(OsiLayer layer, string what, int offset, int needed, int end)
    {
        if (IsQuoted)
        {
            // A quotation ends where its error message had no more room (RFC 792; RFC 4443, 2.4).
            return;
        }

        bool cut = WireEnd - offset >= needed;
        Result.Stop ??= new DecodeStop(
            layer, cut ? DecodeStopReason.CutByCapture : DecodeStopReason.BadLength, offset, needed, Math.Max(0, end - offset), what);
    }

    /// <summary>Notes a protocol of whose header only a part is there.</summary>
    public void Cut(Protocol protocol, string what, int offset, int needed, int end)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        if (end >= offset)
        {
            Add(protocol, offset, end - offset, end);
        }

        TooShort(protocol.Layer, what, offset, needed, end);
    }

    /// <summary>Notes a message that is as long as the bytes, once the least it needs is there.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="minSize">Bytes it has at least.</param>
    /// <param name="end">Where the captured bytes end.</param>
    /// <returns>Whether it was noted and what it carries may be looked at.</returns>
    internal bool AddMessage(Protocol protocol, int offset, int minSize, int end)
    {
        if (end - offset >= minSize)
        {
            return Add(protocol, offset, end - offset, end);
        }

        AddCut(protocol, offset, minSize, end);
        return false;
    }

    /// <summary>The same for a message that says how long it is; bytes behind it are no part of it.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="minSize">Bytes it has at least.</param>
    /// <param name="length">Bytes it says that it has.</param>
    /// <param name="end">Where the captured bytes end.</param>
    /// <returns>Whether it was noted and what it carries may be looked at.</returns>
    internal bool AddMessage(Protocol protocol, int offset, int minSize, int length, int end)
    {
        if (end - offset < minSize)
        {
            AddCut(protocol, offset, minSize, end);
            return false;
        }

        if (length < minSize)
        {
            Add(protocol, offset, minSize, offset + minSize);
            Malformed(protocol.Layer, $"length of {protocol.Title}", offset, length);
            return false;
        }

        int messageEnd = Math.Min(end, offset + length);
        bool added = Until(offset + length).Add(protocol, offset, messageEnd - offset, messageEnd);
        if (offset + length > end)
        {
            TooShort(protocol.Layer, protocol.Title, offset, length, end);
        }

        return added;
    }

    /// <summary>Notes a number that no protocol here is known for.</summary>
    public void Unknown(OsiLayer layer, string what, int offset, long number) =>
        Result.Stop ??= new DecodeStop(layer, DecodeStopReason.UnknownProtocol, offset, 0, 0, what, number);

    /// <summary>Notes bytes that the protocol does not allow.</summary>
    public void Malformed(OsiLayer layer, string what, int offset, long? number = null) =>
        Result.Stop ??= new DecodeStop(layer, DecodeStopReason.Malformed, offset, 0, 0, what, number);

    /// <summary>Bytes that no protocol takes: shown as what they are.</summary>
    public void Data(OsiLayer layer, int offset, int end)
    {
        if (end > offset)
        {
            Add(DataProtocol.Value, layer, offset, end - offset, end);
        }
    }

    /// <summary>Takes apart bytes put together from several packets, or decrypted.</summary>
    public Dissection Into(byte[] assembled)
    {
        ArgumentNullException.ThrowIfNull(assembled);
        return new(Packet, assembled, Result, Registry, Memory, assembled.Length, Result.AddBuffer(assembled), IsQuoted, Conversation);
    }

    /// <summary>The same, ending on the wire no later than a length just read says.</summary>
    public Dissection Until(int wireEnd) => new(Packet, Bytes, Result, Registry, Memory, Math.Min(WireEnd, wireEnd), Buffer, IsQuoted, Conversation);

    /// <summary>The bytes that an entry already found was read from.</summary>
    internal ReadOnlySpan<byte> BufferOf(in LayerEntry entry) => Result.BufferOf(Packet, entry);

    /// <summary>The same, of a layer that ends elsewhere on the wire: what a stream's segment carries.</summary>
    internal Dissection EndingAt(int wireEnd) => new(Packet, Bytes, Result, Registry, Memory, wireEnd, Buffer, IsQuoted, Conversation);

    /// <summary>Takes apart what an ICMP error quotes.</summary>
    internal Dissection AsQuoted() => new(Packet, Bytes, Result, Registry, Memory, WireEnd, Buffer, true);

    /// <summary>Takes apart a datagram or a message of a conversation.</summary>
    internal Dissection In(MessageConversation? conversation) => new(Packet, Bytes, Result, Registry, Memory, WireEnd, Buffer, IsQuoted, conversation);

    // What there is of a header tells the fields that stand in it.
    private void AddCut(Protocol protocol, int offset, int minSize, int end)
    {
        if (end > offset)
        {
            Add(protocol, offset, end - offset, end, CutMessage.Value);
        }

        TooShort(protocol.Layer, protocol.Title, offset, minSize, end);
    }

    /// <summary>Notes a protocol that does the work of another layer than its own.</summary>
    internal bool Add(Protocol protocol, OsiLayer layer, int offset, int headerLength, int end, LayerDetail? detail = null)
    {
        if (Result.Count >= MaxEntries)
        {
            Malformed(layer, "headers nested deeper than any packet's", offset);
            return false;
        }

        Result.Next(detail is not null) = new LayerEntry(
            protocol, layer, offset, headerLength, end - offset, Math.Max(end, WireEnd) - offset, Buffer, IsQuoted, detail, Conversation?.IsResumed ?? false);
        return true;
    }
}
