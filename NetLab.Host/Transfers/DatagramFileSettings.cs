using NetLab.Udp.Sockets;

namespace NetLab.Host.Transfers;

/// <summary>How a file travels by UDP.</summary>
/// <param name="BitsPerSecond">Pace; 0 for flat out.</param>
/// <param name="DatagramSize">Bytes a datagram, headers of ours included.</param>
/// <param name="Tap">Sees each datagram; null for not.</param>
internal sealed record DatagramFileSettings(long BitsPerSecond, int DatagramSize = 1400, DatagramTap? Tap = null);
