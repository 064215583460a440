using NetLab.Udp.Time;

namespace NetLab.Udp.Sockets;

/// <summary>Sees each datagram that passes, for a recording.</summary>
/// <param name="at">When it was sent or received.</param>
/// <param name="datagram">The UDP payload, valid during the call.</param>
/// <param name="peer">The other end.</param>
/// <param name="sent">True when it went to the peer, false when it came from it.</param>
public delegate void DatagramTap(Instant at, ReadOnlySpan<byte> datagram, DatagramAddress peer, bool sent);
