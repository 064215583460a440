namespace NetLab.Host.Captures;

/// <summary>A file that was made of what a connection carried.</summary>
/// <param name="File">Its name in the folder.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Packet">The packet that completed it.</param>
/// <param name="Stream">The number of the TCP stream, or of the UDP conversation.</param>
/// <param name="Protocol">What carried it.</param>
/// <param name="Name">What it was called there; or null.</param>
/// <param name="ContentType">Its media type as the message says; or null.</param>
internal sealed record ObjectFile(string File, long Bytes, long Packet, int Stream, string Protocol, string? Name, string? ContentType);
