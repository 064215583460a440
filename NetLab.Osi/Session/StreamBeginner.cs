namespace NetLab.Osi.Session;

/// <summary>Begins with a stream that may speak a protocol.</summary>
/// <param name="start">The stream and what it begins with.</param>
/// <returns>What both directions know in common; null when it does not speak the protocol.</returns>
public delegate StreamProtocol? StreamBeginner(in StreamStart start);

/// <summary>Says how long the next message of a stream is.</summary>
/// <param name="bytes">What has come from its first byte on; at least one byte.</param>
/// <param name="fromClient">Whether the client sends it.</param>
/// <returns>Its bytes, header and all; 0 when more bytes are needed to say; <see cref="StreamParser.NotMine"/> when it is no message of the protocol.</returns>
public delegate int MessageFrame(ReadOnlySpan<byte> bytes, bool fromClient);
