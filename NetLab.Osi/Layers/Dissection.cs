namespace NetLab.Osi.Layers;

/// <summary>A packet being taken apart: its bytes, what was found so far, and the memory of what came before it.</summary>
internal readonly ref struct Dissection(ReadOnlySpan<byte> packet, DecodedPacket result, DecoderState state)
{
    public ReadOnlySpan<byte> Packet { get; } = packet;

    public DecodedPacket Result { get; } = result;

    public DecoderState State { get; } = state;

    /// <summary>What carries the next header to be added.</summary>
    public LayerEntry? Carrier => Result.CarrierOf(Result.Entries.Count);

    public void Add(ProtocolId protocol, OsiLayer layer, int offset, int headerLength, int end) =>
        Result.Add(new LayerEntry(protocol, layer, offset, headerLength, end - offset));

    /// <summary>Notes that a header needs more bytes than there are: cut by the capture, or a length above it that lies.</summary>
    public void Short(OsiLayer layer, string what, int offset, int needed, int end)
    {
        bool cut = Result.IsCut && end == Packet.Length;
        Result.Stop ??= new DecodeStop(
            layer, cut ? DecodeStopReason.CutByCapture : DecodeStopReason.BadLength, offset, needed, Math.Max(0, end - offset), what);
    }

    public void Unknown(OsiLayer layer, string what, int offset) =>
        Result.Stop ??= new DecodeStop(layer, DecodeStopReason.UnknownProtocol, offset, 0, 0, what);

    public void Malformed(OsiLayer layer, string what, int offset) =>
        Result.Stop ??= new DecodeStop(layer, DecodeStopReason.Malformed, offset, 0, 0, what);

    /// <summary>Bytes that no dissector takes: shown as what they are.</summary>
    public void Data(OsiLayer layer, int offset, int end)
    {
        if (end > offset)
        {
            Add(ProtocolId.Data, layer, offset, end - offset, end);
        }
    }
}
