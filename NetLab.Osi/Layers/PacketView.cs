namespace NetLab.Osi.Layers;

/// <summary>A decoded packet with its bytes: what a dissector needs to tell a layer's fields.</summary>
internal readonly ref struct PacketView(ReadOnlySpan<byte> packet, DecodedPacket decoded)
{
    private readonly ReadOnlySpan<byte> _packet = packet;

    public DecodedPacket Decoded { get; } = decoded;

    public ref readonly LayerEntry this[int index] => ref Decoded.Entries[index];

    /// <summary>The bytes a layer was read from.</summary>
    public ReadOnlySpan<byte> BufferOf(int index) => Decoded.BufferOf(_packet, Decoded.Entries[index]);

    /// <summary>A layer's own bytes, header and what it carries, as far as captured.</summary>
    public ReadOnlySpan<byte> BytesOf(int index)
    {
        ref readonly LayerEntry entry = ref Decoded.Entries[index];
        return Decoded.BufferOf(_packet, entry).Slice(entry.Offset, entry.Length);
    }
}
