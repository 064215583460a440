namespace NetLab.Osi.Protocols;

/// <summary>A TCP segment that was found in a packet, and is yet to be put into its conversation.</summary>
/// <param name="Index">Its layer in the packet.</param>
/// <param name="PayloadEnd">Where its captured bytes end.</param>
/// <param name="Claimed">Bytes of payload on the wire.</param>
/// <param name="Outer">The UDP conversation that carries it; -1 over IP.</param>
internal readonly record struct PendingSegment(int Index, int PayloadEnd, int Claimed, int Outer);
