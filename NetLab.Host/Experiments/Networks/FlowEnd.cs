using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Networks;

/// <summary>Everything that one end of a flow did and saw: its half of the event log.</summary>
public sealed class FlowEnd : IConnectionObserver
{
    private readonly List<ConnectionEvent> _events = [];
    private readonly List<SegmentRecord> _sent = [];
    private readonly List<SegmentRecord> _received = [];
    private readonly List<FlowSample> _samples = [];
    private readonly List<(Instant At, ConnectionState State)> _states = [];
    private SequenceNumber? _own;
    private SequenceNumber? _peer;
    private int _peerScale;
    private int _ownScale;

    internal FlowEnd(string name) => Name = name;

    /// <summary>Whose end it is.</summary>
    public string Name { get; }

    /// <summary>All events, in order.</summary>
    public IReadOnlyList<ConnectionEvent> Events => _events;

    /// <summary>The segments it sent.</summary>
    public IReadOnlyList<SegmentRecord> Sent => _sent;

    /// <summary>The segments that reached it.</summary>
    public IReadOnlyList<SegmentRecord> Received => _received;

    /// <summary>What it knew of the path, whenever that changed.</summary>
    public IReadOnlyList<FlowSample> Samples => _samples;

    /// <summary>The states it went through.</summary>
    public IReadOnlyList<(Instant At, ConnectionState State)> States => _states;

    /// <summary>When it first reached a state; null if it never did.</summary>
    public TimeSpan? Reached(ConnectionState state)
    {
        foreach ((Instant at, ConnectionState reached) in _states)
        {
            if (reached == state)
            {
                return at.SinceOrigin;
            }
        }

        return null;
    }

    /// <summary>Segments of a kind that it sent.</summary>
    public int SentOf(string kind) => _sent.Count(s => s.Kind == kind);

    void IConnectionObserver.OnEvent(in ConnectionEvent happened)
    {
        _events.Add(happened);
        switch (happened.Kind)
        {
            case ConnectionEventKind.StateChanged:
                _states.Add((happened.At, happened.State));
                break;
            case ConnectionEventKind.SegmentSent:
                if (happened.Header.Has(SegmentFlags.Syn))
                {
                    _own = happened.Header.Sequence;
                    _ownScale = happened.Header.Options.WindowScale ?? 0;
                }

                _sent.Add(Read(happened, _peer, _ownScale));
                break;
            case ConnectionEventKind.SegmentReceived:
                if (happened.Header.Has(SegmentFlags.Syn))
                {
                    _peer = happened.Header.Sequence;
                    _peerScale = happened.Header.Options.WindowScale ?? 0;
                }

                _received.Add(Read(happened, _own, _peerScale));
                break;
            case ConnectionEventKind.MetricsChanged:
                _samples.Add(new FlowSample(happened.At, happened.Metrics));
                break;
            default:
                break;
        }
    }

    // 32-bit differences: no experiment sends four gigabytes and looks at every segment of them.
    private static SegmentRecord Read(in ConnectionEvent happened, SequenceNumber? acknowledged, int scale)
    {
        SegmentHeader header = happened.Header;
        bool syn = header.Has(SegmentFlags.Syn);
        var sack = new List<(long, long)>();
        if (acknowledged is { } other)
        {
            for (int i = 0; i < header.Options.Sack.Count; i++)
            {
                SackBlock block = header.Options.Sack[i];
                sack.Add((unchecked(block.Start.Value - other.Value), unchecked(block.End.Value - other.Value)));
            }
        }

        return new SegmentRecord
        {
            At = happened.At,
            Header = header,
            Kind = SegmentKind.NameOf(header.Flags, happened.PayloadLength),
            PayloadLength = happened.PayloadLength,
            Start = happened.Start,
            End = happened.End,
            Acknowledged = header.Has(SegmentFlags.Ack) && acknowledged is { } initial ? unchecked(header.Acknowledgment.Value - initial.Value) : 0,
            Window = syn ? header.Window : (long)header.Window << scale,
            Sack = sack,
            Purpose = happened.Purpose,
            IsRetransmission = happened.IsRetransmission,
        };
    }
}
