using NetLab.Tcp.Counters;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Networks;

/// <summary>What a sender knew of the path at a moment.</summary>
/// <param name="At">When.</param>
/// <param name="Metrics">Windows, what is in flight, round trips.</param>
public readonly record struct FlowSample(Instant At, ConnectionMetrics Metrics);
