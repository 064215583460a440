namespace NetLab.Udp.Links;

/// <summary>Says whether a datagram is of the named kind. The link itself knows no protocol.</summary>
/// <param name="kind">The name in the link string, such as <c>SYN_ACK</c>.</param>
/// <param name="datagram">The UDP payload.</param>
public delegate bool DatagramMatch(string kind, ReadOnlySpan<byte> datagram);
