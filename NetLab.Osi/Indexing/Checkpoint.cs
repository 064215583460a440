using NetLab.Osi.Decoding;

namespace NetLab.Osi.Indexing;

/// <summary>A decoder as it stands behind a packet of its conversation.</summary>
/// <param name="Number">The packet.</param>
/// <param name="Decoder">The decoder.</param>
/// <param name="LastFragment">The last fragment of an IP datagram that it has seen; 0 for none.</param>
internal sealed record Checkpoint(long Number, PacketDecoder Decoder, long LastFragment);
