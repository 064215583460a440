using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Networks;

/// <summary>One direction of a link, which any number of flows may share, with its log.</summary>
public sealed class LabLink
{
    private readonly VirtualNetwork _network;
    private readonly List<LinkEvent> _events = [];

    // What is in the queue, by its ordinal: what it is called is known as it enters, what becomes of it later.
    private readonly Dictionary<long, (string From, string What, long Start, long End)> _waiting = [];

    internal LabLink(VirtualNetwork network, EmulatedLink<VirtualNetwork.Route> link, string name)
    {
        _network = network;
        Link = link;
        Name = name;
        link.Log = Note;
    }

    /// <summary>Its name in pictures.</summary>
    public string Name { get; }

    /// <summary>What it did, as counts.</summary>
    public LinkStatistics Statistics => Link.Statistics;

    /// <summary>What it does; may be changed in the middle of a run.</summary>
    public LinkDirection Direction
    {
        get => Link.Model.Direction;
        set => Link.Model.Change(_network.Now, value);
    }

    /// <summary>What it did to each datagram, in the order in which that was decided; empty where no log is kept.</summary>
    public IReadOnlyList<LinkEvent> Events => _events;

    /// <summary>Whether it keeps a log; on at first. Off, long runs need little memory.</summary>
    public bool KeepsLog { get; set; } = true;

    /// <summary>Told of each datagram's fate as it is decided, whether a log is kept or not; null for nobody.</summary>
    public Action<LinkOutcome>? OnPassed { get; set; }

    internal EmulatedLink<VirtualNetwork.Route> Link { get; }

    /// <summary>How long datagrams waited before the line began with them.</summary>
    public IEnumerable<(Instant At, TimeSpan Waited)> Waits() => _events.Where(e => !e.IsDropped).Select(e => (e.Outcome.DecidedAt, e.Outcome.Waited));

    /// <summary>The mean wait of what left the queue between two moments; zero if nothing did.</summary>
    public TimeSpan MeanWait(TimeSpan from, TimeSpan to) => TimeSpan.FromSeconds(
        Waits().Where(w => w.At.SinceOrigin >= from && w.At.SinceOrigin <= to).Select(w => w.Waited.TotalSeconds).DefaultIfEmpty(0).Average());

    /// <summary>What the next datagram is that enters the link.</summary>
    internal void Expect(string from, string what, long start, long end)
    {
        if (KeepsLog)
        {
            _waiting[Statistics.Entered + 1] = (from, what, start, end);
        }
    }

    private void Note(LinkOutcome outcome)
    {
        OnPassed?.Invoke(outcome);
        if (KeepsLog)
        {
            _waiting.Remove(outcome.Ordinal, out (string From, string What, long Start, long End) known);
            _events.Add(new LinkEvent(outcome, known.From ?? "", known.What ?? "", known.Start, known.End));
        }
    }
}
