using NetLab.Host.Experiments.Networks;
using NetLab.Tcp.Events;
using NetLab.Udp.Time;

namespace NetLab.Host.Live;

/// <summary>One end of a session on real sockets: its states, and what it knows of the path, not more often than anybody could see it.</summary>
/// <param name="onState">Told of each state, on the endpoint's loop.</param>
/// <param name="onSample">Told what it knows, on the endpoint's loop.</param>
internal sealed class LiveEndObserver(Action<Instant, ConnectionState> onState, Action<FlowSample> onSample) : IConnectionObserver
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(10);

    private Instant _sampledAt = new(long.MinValue / 2);

    void IConnectionObserver.OnEvent(in ConnectionEvent happened)
    {
        if (happened.Kind == ConnectionEventKind.StateChanged)
        {
            onState(happened.At, happened.State);
        }
        else if (happened.Kind == ConnectionEventKind.MetricsChanged && happened.At - _sampledAt >= SampleEvery)
        {
            _sampledAt = happened.At;
            onSample(new FlowSample(happened.At, happened.Metrics));
        }
    }
}
