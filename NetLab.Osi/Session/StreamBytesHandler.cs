namespace NetLab.Osi.Session;

/// <summary>Told of bytes of a TCP stream, in order.</summary>
/// <param name="stream">The stream.</param>
/// <param name="fromClient">Whether its client sent them.</param>
/// <param name="bytes">They; valid until the call returns.</param>
public delegate void StreamBytesHandler(TcpStream stream, bool fromClient, ReadOnlySpan<byte> bytes);
