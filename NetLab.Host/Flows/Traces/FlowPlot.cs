using NetLab.Host.Experiments.Pictures;
using NetLab.Host.Plots;
using NetLab.Host.Settings;

namespace NetLab.Host.Flows.Traces;

/// <summary>The pictures of a connection, made as those of a lesson are.</summary>
internal static class FlowPlot
{
    /// <summary>Draws one.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="kind">What.</param>
    /// <param name="path">The file it is from, for what is said of it.</param>
    /// <param name="theme">Its colours.</param>
    /// <exception cref="UsageException">The file does not say what the picture shows.</exception>
    public static Figure Draw(TracedConnection connection, FlowPlotKind kind, string path, ChartTheme theme)
    {
        FlowTrace trace = connection.Trace;
        if (kind == FlowPlotKind.Cwnd && !connection.HasCongestionWindow && trace.Samples.Count == 0)
        {
            throw Lacks("nothing is sent in it");
        }

        if (kind == FlowPlotKind.Rtt && trace.Samples.All(s => s.Metrics.LatestRoundTrip is null))
        {
            throw Lacks("there is no round trip in it");
        }

        if (kind is FlowPlotKind.Sequence or FlowPlotKind.Throughput && trace.Sent.Count == 0)
        {
            throw Lacks("nothing is sent in it");
        }

        (string title, Chart[] charts) = kind switch
        {
            FlowPlotKind.Sequence => ("Sequence numbers", (Chart[])[SequenceGraph.Of(trace)]),
            FlowPlotKind.Cwnd when connection.HasCongestionWindow => ("Windows", [FlowCharts.Windows(trace), FlowCharts.Binds(trace)]),

            // The congestion window is the sender's own: no packet holds it.
            FlowPlotKind.Cwnd => ("In flight and the peer's window; a capture holds no congestion window", [FlowCharts.Windows(trace)]),
            FlowPlotKind.Rtt => ("Round trips", [FlowCharts.RoundTrips(trace)]),
            FlowPlotKind.Throughput => ("Throughput", [FlowCharts.Acknowledged(trace)]),
            _ => ("Ladder", [LadderChart.Of(connection.Client, connection.Server, connection.Steps, MaxRungs)]),
        };
        return new Figure(title, charts) { Footer = Path.GetFileName(path), Theme = theme };

        UsageException Lacks(string why) => new($"--kind {kind.ToString().ToLowerInvariant()}: '{path}': {why}");
    }

    private const int MaxRungs = 40;
}
