using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Simulation.Drill.Recording;

/// <summary>A segment of a recorded connection.</summary>
/// <param name="At">When it passed, since the recording's beginning.</param>
/// <param name="FromClient">Whether the end that opened the connection sent it.</param>
/// <param name="Header">The TCP header with its options: 20 to 60 bytes, and no fewer than its data offset says.</param>
/// <param name="PayloadLength">Bytes of payload on the wire.</param>
/// <param name="Ecn">The ECN field of its IP header.</param>
public sealed record RecordedSegment(TimeSpan At, bool FromClient, ReadOnlyMemory<byte> Header, int PayloadLength, EcnCodepoint Ecn);
