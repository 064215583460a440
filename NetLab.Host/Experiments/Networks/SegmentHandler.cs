using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Networks;

/// <summary>Takes a segment that passed one end of a flow.</summary>
/// <param name="at">When.</param>
/// <param name="atClient">Whether at the client's end.</param>
/// <param name="sent">Whether that end sent it; otherwise it arrived there.</param>
/// <param name="segment">The segment, valid during the call.</param>
public delegate void SegmentHandler(Instant at, bool atClient, bool sent, ReadOnlySpan<byte> segment);
