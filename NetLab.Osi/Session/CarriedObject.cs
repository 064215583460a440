namespace NetLab.Osi.Session;

/// <summary>Something whole that a connection carried: the body of a message, or a file.</summary>
/// <param name="Protocol">What carried it, as decode names it.</param>
/// <param name="Packet">The ordinal of the packet that completed it.</param>
/// <param name="Stream">The number of the TCP stream, or of the UDP conversation.</param>
/// <param name="Name">What it is called there, such as a URI; or null. Anything a stranger may have written.</param>
/// <param name="ContentType">Its media type as the message says, or null.</param>
/// <param name="Content">Its bytes, without transfer and content codings.</param>
public sealed record CarriedObject(string Protocol, long Packet, int Stream, string? Name, string? ContentType, ReadOnlyMemory<byte> Content);
