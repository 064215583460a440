using NetLab.Tcp.Connections;
using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Events;

/// <summary>
/// What a connection tells somebody who listens; there is none when nobody does. What changes all over the machine, the
/// metrics and the timers, is compared with what was last told whenever the machine has been used.
/// </summary>
internal sealed class Observation(Connection connection, IConnectionObserver observer, TimerTable timers)
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
        Settle();
    }

    /// <summary>The machine has been used: tells what is different now.</summary>
    public void Settle()
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
    /// <param name="plan">What it carries; nothing for one that is no part of the stream.</param>
    /// <param name="transmission">Its number among the transmissions of the stream; 0 for one that is no part of it.</param>
    /// <param name="transmissions">How often it has been sent, this time counted.</param>
    public void OnSent(in SegmentHeader header, in SegmentPlan plan, long transmission, int transmissions)
    {
        SegmentPurpose purpose = transmission == 0 ? SegmentPurpose.Control
            : plan.IsWindowProbe ? SegmentPurpose.WindowProbe
            : plan.IsMtuProbe ? SegmentPurpose.MtuProbe
            : plan.IsTailProbe ? SegmentPurpose.TailLossProbe
            : transmissions > 1 ? SegmentPurpose.Retransmission
            : SegmentPurpose.New;
        observer.OnEvent(Event(ConnectionEventKind.SegmentSent) with
        {
            Header = header,
            PayloadLength = plan.Length,
            Purpose = purpose,
            Transmission = transmission,
            Transmissions = transmissions,
            Start = plan.Start,
            End = transmission == 0 ? plan.Start : plan.End,
        });
    }

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
    public void OnAcknowledged(in SentSegment segment) => observer.OnEvent(OfSent(ConnectionEventKind.SegmentAcknowledged, segment));

    /// <summary>A segment of ours is taken for lost.</summary>
    public void OnLost(in SentSegment segment, LossCause cause) =>
        observer.OnEvent(OfSent(ConnectionEventKind.SegmentLost, segment) with { Cause = cause });

    /// <summary>A recovery was for nothing.</summary>
    public void OnUndone() => observer.OnEvent(Event(ConnectionEventKind.RecoveryUndone));

    private ConnectionEvent OfSent(ConnectionEventKind kind, in SentSegment segment) => Event(kind) with
    {
        Transmission = segment.Order,
        Transmissions = segment.Transmissions,
        Start = segment.Start,
        End = segment.End,
        PayloadLength = segment.Length - (segment.IsSyn ? 1 : 0) - (segment.IsFin ? 1 : 0),
    };

    private ConnectionEvent Event(ConnectionEventKind kind) => new() { At = _now, Kind = kind, State = _state };
}
