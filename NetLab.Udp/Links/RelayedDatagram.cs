namespace NetLab.Udp.Links;

/// <summary>Where a datagram on a relay's link goes to.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="IsForTarget">Whether it goes to the client's target, and not to the client.</param>
internal readonly record struct RelayedDatagram(RelayClient Client, bool IsForTarget);
