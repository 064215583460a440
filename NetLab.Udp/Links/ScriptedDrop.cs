namespace NetLab.Udp.Links;

/// <summary>Drops the <paramref name="Ordinal"/>-th datagram that matches a name, once.</summary>
/// <param name="Name">A kind of datagram, such as <c>SYN_ACK</c>; what it means is the caller's to say.</param>
/// <param name="Ordinal">Which of the matching ones, from 1.</param>
public readonly record struct ScriptedDrop(string Name, int Ordinal);
