using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Endpoints;

/// <summary>What the network has reported on a segment that was sent (ICMP). Anybody may have made it up.</summary>
/// <param name="Key">The connection it names.</param>
/// <param name="Sequence">The segment's number.</param>
/// <param name="Kind">What it says.</param>
/// <param name="SegmentSize">The largest segment that would arrive, payload and options, in bytes; of <see cref="PathErrorKind.TooLarge"/>.</param>
internal readonly record struct PathError(ConnectionKey Key, SequenceNumber Sequence, PathErrorKind Kind, int SegmentSize = 0);
