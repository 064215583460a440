namespace NetLab.Osi.Protocols;

/// <summary>A decoded packet with its bytes: what a dissector needs to tell a layer's fields.</summary>
/// <param name="packet">The packet's own bytes.</param>
/// <param name="decoded">What was found in them.</param>
public readonly ref struct PacketView(ReadOnlySpan<byte> packet, DecodedPacket decoded)
{
    private readonly ReadOnlySpan<byte> _packet = packet;

    /// <summary>What was found in the packet.</summary>
    public DecodedPacket Decoded { get; } = decoded;

    /// <summary>A layer.</summary>
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
