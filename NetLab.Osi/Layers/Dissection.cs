namespace NetLab.Osi.Layers;

/// <summary>A packet being taken apart: its bytes, what was found so far, and the memory of what came before it.</summary>
internal readonly ref struct Dissection(
    ReadOnlySpan<byte> packet, ReadOnlySpan<byte> bytes, DecodedPacket result, DecoderState state, int wireEnd, int buffer = 0, bool isQuoted = false)
{
    // Tunnels in tunnels end: no real packet has as many headers, and each costs stack, a kilobyte at most.
    private const int MaxEntries = 256;

    /// <summary>The packet, or what was reassembled or decrypted from it; offsets count in here.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public DecodedPacket Result { get; } = result;

    public DecoderState State { get; } = state;

    /// <summary>Whether the bytes are a quotation in an ICMP error: they are shown, but are no part of any conversation.</summary>
    public bool IsQuoted { get; } = isQuoted;

    /// <summary>Where the bytes ended on the wire, by the lengths seen so far: behind the captured end when the packet was cut.</summary>
    public int WireEnd { get; } = wireEnd;

    private int Buffer { get; } = buffer;

    private ReadOnlySpan<byte> Packet { get; } = packet;

    /// <summary>The bytes that an entry already found was read from.</summary>
    public ReadOnlySpan<byte> BufferOf(in LayerEntry entry) => Result.BufferOf(Packet, entry);

    /// <summary>Takes apart bytes put together from several packets, or decrypted.</summary>
    public Dissection Into(byte[] assembled) => new(Packet, assembled, Result, State, assembled.Length, Result.AddBuffer(assembled), IsQuoted);

    /// <summary>Takes apart what an ICMP error quotes.</summary>
    public Dissection AsQuoted() => new(Packet, Bytes, Result, State, WireEnd, Buffer, true);

    /// <summary>The same, ending on the wire no later than a length just read says.</summary>
    public Dissection Until(int wireEnd) => new(Packet, Bytes, Result, State, Math.Min(WireEnd, wireEnd), Buffer, IsQuoted);

    /// <summary>Notes a protocol.</summary>
    /// <returns>False when the packet has more headers than any real one, so that nothing further is taken apart.</returns>
    public bool Add(ProtocolId protocol, OsiLayer layer, int offset, int headerLength, int end, LayerDetail? detail = null)
    {
        if (Result.Count >= MaxEntries)
        {
            Malformed(layer, "headers nested deeper than any packet's", offset);
            return false;
        }

        Result.Next() = new LayerEntry(
            protocol, layer, offset, headerLength, end - offset, Math.Max(end, WireEnd) - offset, Buffer, IsQuoted, detail);
        return true;
    }

    /// <summary>Notes that a header needs more bytes than there are: cut by the capture, or a length above it that lies.</summary>
    public void Short(OsiLayer layer, string what, int offset, int needed, int end)
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
    public void Cut(ProtocolId protocol, OsiLayer layer, string what, int offset, int needed, int end)
    {
        if (end >= offset)
        {
            Add(protocol, layer, offset, end - offset, end);
        }

        Short(layer, what, offset, needed, end);
    }

    public void Unknown(OsiLayer layer, string what, int offset, long number) =>
        Result.Stop ??= new DecodeStop(layer, DecodeStopReason.UnknownProtocol, offset, 0, 0, what, number);

    public void Malformed(OsiLayer layer, string what, int offset, long? number = null) =>
        Result.Stop ??= new DecodeStop(layer, DecodeStopReason.Malformed, offset, 0, 0, what, number);

    /// <summary>Bytes that no dissector takes: shown as what they are.</summary>
    public void Data(OsiLayer layer, int offset, int end)
    {
        if (end > offset)
        {
            Add(ProtocolId.Data, layer, offset, end - offset, end);
        }
    }
}
