using NetLab.Udp.Sockets;

namespace NetLab.Udp.Links;

/// <summary>Takes a datagram that leaves a link.</summary>
/// <param name="datagram">Its bytes, valid during the call.</param>
/// <param name="tag">What entered with it.</param>
/// <param name="ecn">Its ECN field as it leaves.</param>
/// <typeparam name="TTag">The type of the tag.</typeparam>
public delegate void LinkDelivery<TTag>(ReadOnlySpan<byte> datagram, TTag tag, EcnCodepoint ecn);
