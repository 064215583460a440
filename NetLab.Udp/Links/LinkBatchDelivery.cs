using NetLab.Udp.Sockets;

namespace NetLab.Udp.Links;

/// <summary>Takes datagrams that leave a link as they entered it: together.</summary>
/// <param name="datagrams">Their bytes, one behind the other, valid during the call.</param>
/// <param name="segmentSize">Bytes of each; the last may be shorter.</param>
/// <param name="tag">What entered with them.</param>
/// <param name="ecn">Their ECN field.</param>
/// <typeparam name="TTag">The type of the tag.</typeparam>
internal delegate void LinkBatchDelivery<TTag>(ReadOnlySpan<byte> datagrams, int segmentSize, TTag tag, EcnCodepoint ecn);
