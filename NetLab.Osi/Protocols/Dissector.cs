namespace NetLab.Osi.Protocols;

/// <summary>Takes a protocol's header apart: notes it with <see cref="Dissection.Add(Protocol, int, int, int, LayerDetail?)"/> and hands on what it carries.</summary>
/// <param name="dissection">The packet.</param>
/// <param name="offset">Where the header begins in <see cref="Dissection.Bytes"/>.</param>
/// <param name="end">Where the captured bytes of it and what it carries end.</param>
/// <returns>False when the bytes are not of this protocol: nothing was noted, and another may be tried.</returns>
public delegate bool Dissector(in Dissection dissection, int offset, int end);

/// <summary>Tells the fields of a layer that a packet was found to have.</summary>
/// <param name="view">The packet.</param>
/// <param name="index">Which of its layers.</param>
/// <param name="sink">Who is told.</param>
public delegate void Describer(in PacketView view, int index, IFieldSink sink);

/// <summary>Whether bytes begin like a message of a protocol; strict enough to be asked of bytes of any protocol.</summary>
/// <param name="bytes">The payload of a datagram, or what a stream begins with; at least one byte.</param>
public delegate bool Recognizer(ReadOnlySpan<byte> bytes);
