namespace NetLab.Osi.Statistics;

/// <summary>A conversation between two ends, and what each sent.</summary>
/// <param name="Protocol">Its protocol: tcp or udp.</param>
/// <param name="Number">Its number among those of its protocol, as decode shows it.</param>
/// <param name="First">The client of TCP, or who sent the first datagram: address and port.</param>
/// <param name="Second">The other end.</param>
/// <param name="PacketsSent">Packets of the first end.</param>
/// <param name="BytesSent">Their bytes on the wire.</param>
/// <param name="PacketsReceived">Packets of the second end.</param>
/// <param name="BytesReceived">Their bytes on the wire.</param>
/// <param name="Applications">What it carried, as far as it was recognized.</param>
/// <param name="State">Where a TCP connection stood at the end; null for UDP.</param>
public sealed record Conversation(
    string Protocol, int Number, string First, string Second, long PacketsSent, long BytesSent, long PacketsReceived, long BytesReceived,
    string Applications, string? State)
{
    /// <summary>Bytes of both directions.</summary>
    public long Bytes => BytesSent + BytesReceived;
}
