namespace NetLab.Udp.Links;

/// <summary>
/// Says whether a datagram only serves a measurement, such as the messages its two ends agree by. A link does to it what it
/// does to any other, and counts it apart.
/// </summary>
/// <param name="datagram">The UDP payload.</param>
public delegate bool DatagramAside(ReadOnlySpan<byte> datagram);
