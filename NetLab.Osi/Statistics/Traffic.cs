namespace NetLab.Osi.Statistics;

/// <summary>What an end, or the two ends of a conversation, sent: a row of a table.</summary>
/// <param name="Kind">eth, ip, tcp or udp.</param>
/// <param name="First">The end, or the one that sent the conversation's first packet.</param>
/// <param name="Second">The other end; null for a row about one end.</param>
/// <param name="PacketsSent">Packets that the first end sent.</param>
/// <param name="BytesSent">Their bytes on the wire.</param>
/// <param name="PacketsReceived">Packets that the first end received.</param>
/// <param name="BytesReceived">Their bytes on the wire.</param>
/// <param name="Start">Seconds from the capture's first packet to the row's first; null if none has a time.</param>
/// <param name="Duration">Seconds from its first packet to its last.</param>
public sealed record Traffic(
    string Kind, string First, string? Second, long PacketsSent, long BytesSent, long PacketsReceived, long BytesReceived, double? Start, double Duration)
{
    /// <summary>Packets of both directions.</summary>
    public long Packets => PacketsSent + PacketsReceived;

    /// <summary>Bytes of both directions.</summary>
    public long Bytes => BytesSent + BytesReceived;
}
