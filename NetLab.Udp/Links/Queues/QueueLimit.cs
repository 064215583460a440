namespace NetLab.Udp.Links.Queues;

/// <summary>How much may wait.</summary>
/// <param name="Bytes">Bytes, the rest of the datagram that is being sent included.</param>
/// <param name="Datagrams">Datagrams, the one that is being sent not included.</param>
internal readonly record struct QueueLimit(long Bytes, int Datagrams);
