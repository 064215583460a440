using NetLab.Tcp.Counters;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Events;

/// <summary>
/// What an observer of a connection is notified of; there is none where nobody observes. What changes all over the machine, the
/// metrics and the timers, is compared with what was notified last whenever the machine has been used.
/// </summary>
internal sealed class Observation(IObservedState connection, IConnectionObserver observer, TimerTable timers)
{
    private readonly Instant[] _deadlines = [.. Enumerable.Repeat(Instant.Never, TimerTable.Count)];
    private ConnectionMetrics _metrics;
    private ConnectionState _state;
    private Instant _now;

    /// <summary>The machine is about to be used.</summary>
    public void Begin(Instant now)
    {
        // What an application did meanwhile, it did without saying when.
        _now = now;
        NotifyChanges();
    }

    /// <summary>The machine has been used: notifies of what is different now.</summary>
    public void NotifyChanges()
    {
        OnState(connection.State);
        ConnectionMetrics metrics = connection.Metrics;
        if (metrics != _metrics)
        {
            _metrics = metrics;
            observer.OnEvent(Event(ConnectionEventKind.MetricsChanged) with { Metrics = metrics });
        }

        for (int i = 0; i < _deadlines.Length; i++)
        {
            Instant deadline = timers[(ConnectionTimer)i];
            if (deadline != _deadlines[i])
            {
                _deadlines[i] = deadline;
                ConnectionEventKind kind = deadline == Instant.Never ? ConnectionEventKind.TimerStopped : ConnectionEventKind.TimerSet;
                observer.OnEvent(Event(kind) with { Timer = (ConnectionTimer)i, Deadline = deadline });
            }
        }
    }

    /// <summary>The state is, or is about to be, another one.</summary>
    public void OnState(ConnectionState state)
    {
        if (state != _state)
        {
            ConnectionState previous = _state;
            _state = state;
            observer.OnEvent(Event(ConnectionEventKind.StateChanged) with { PreviousState = previous });
        }
    }

    /// <summary>A timer's time has come.</summary>
    public void OnExpired(ConnectionTimer timer)
    {
        _deadlines[(int)timer] = Instant.Never;
        observer.OnEvent(Event(ConnectionEventKind.TimerExpired) with { Timer = timer });
    }

    /// <summary>A segment is being sent.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="transmission">What it carries of the stream; nothing for one that is no part of it.</param>
    public void OnSent(in SegmentHeader header, SegmentPurpose purpose, in Transmission transmission) =>
        observer.OnEvent(Of(ConnectionEventKind.SegmentSent, transmission) with { Header = header, Purpose = purpose });

    /// <summary>A keep-alive probe is being sent.</summary>
    public void OnKeepAliveSent(in SegmentHeader header) =>
        observer.OnEvent(Event(ConnectionEventKind.SegmentSent) with { Header = header, Purpose = SegmentPurpose.KeepAlive });

    /// <summary>A segment has come.</summary>
    public void OnReceived(in Segment segment, long offset) => observer.OnEvent(Event(ConnectionEventKind.SegmentReceived) with
    {
        Header = segment.Header,
        PayloadLength = segment.Payload.Length,
        Start = offset,
        End = offset + segment.SequenceLength,
    });

    /// <summary>A segment of ours has reached the peer.</summary>
    public void OnAcknowledged(in Transmission transmission) => observer.OnEvent(Of(ConnectionEventKind.SegmentAcknowledged, transmission));

    /// <summary>A segment of ours is taken for lost.</summary>
    public void OnLost(in Transmission transmission, LossCause cause) =>
        observer.OnEvent(Of(ConnectionEventKind.SegmentLost, transmission) with { Cause = cause });

    /// <summary>A recovery was for nothing.</summary>
    public void OnUndone() => observer.OnEvent(Event(ConnectionEventKind.RecoveryUndone));

    private ConnectionEvent Of(ConnectionEventKind kind, in Transmission transmission) => Event(kind) with
    {
        Transmission = transmission.Number,
        Transmissions = transmission.Count,
        Start = transmission.Start,
        End = transmission.End,
        PayloadLength = transmission.PayloadLength,
    };

    private ConnectionEvent Event(ConnectionEventKind kind) => new() { At = _now, Kind = kind, State = _state };
}
