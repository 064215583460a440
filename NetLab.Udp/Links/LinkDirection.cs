using System.Collections.Immutable;
using NetLab.Udp.Links.Lines;
using NetLab.Udp.Links.Paths;
using NetLab.Udp.Links.Queues;

namespace NetLab.Udp.Links;

/// <summary>What one direction of a link does to the datagrams that cross it. The default passes all of them at once.</summary>
public sealed record LinkDirection
{
    /// <summary>The largest delay or jitter a link may have. A day covers every experiment; more would overflow the clock.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    /// <summary>The bytes that may wait before a line unless something else is said.</summary>
    public const long DefaultQueue = 256 << 10;

    private readonly long? _queue;
    private readonly int? _queueDatagrams;

    /// <summary>Time every datagram takes, one way.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Random time added to the delay, uniform from 0 to this. Order is kept unless <see cref="JitterReorders"/>.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Whether jitter may let a datagram overtake one before it.</summary>
    public bool JitterReorders { get; init; }

    /// <summary>Share of datagrams lost at random, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>
    /// Mean length of a run of lost datagrams, at least 1. Above 1 the losses come in bursts
    /// (a Gilbert–Elliott chain whose bad state loses everything) and their share is still <see cref="Loss"/>.
    /// </summary>
    public double Burst { get; init; } = 1;

    /// <summary>Share of datagrams delivered twice, 0 to 1.</summary>
    public double Duplicate { get; init; }

    /// <summary>Share of datagrams held back so that later ones overtake them, 0 to 1.</summary>
    public double Reorder { get; init; }

    /// <summary>Share of datagrams with one random bit flipped, 0 to 1.</summary>
    public double Corrupt { get; init; }

    /// <summary>Bits a second the link carries, IP and UDP headers counted; 0 for no limit.</summary>
    public long Rate { get; init; }

    /// <summary>A rate that changes with time, in place of <see cref="Rate"/>; null for none.</summary>
    public LinkTrace? Trace { get; init; }

    /// <summary>
    /// A path as it was seen once, in place of <see cref="Delay"/>, <see cref="Jitter"/> and <see cref="Loss"/>; its rate, if it showed one, is
    /// the <see cref="Trace"/>. Null for none.
    /// </summary>
    public PathRecord? Path { get; init; }

    /// <summary>Which queue waits before the line. Only used with a rate or a trace.</summary>
    public QueueSettings Discipline { get; init; } = new DropTailSettings();

    /// <summary>
    /// Bytes that may wait, headers and the rest of the datagram being sent included. If neither this nor
    /// <see cref="QueueDatagrams"/> is set: <see cref="DefaultQueue"/> for a drop-tail queue, no limit for the others.
    /// </summary>
    public long Queue
    {
        get => _queue ?? (_queueDatagrams is null && Discipline is DropTailSettings ? DefaultQueue : long.MaxValue);
        init => _queue = value;
    }

    /// <summary>
    /// Datagrams that may wait, the one being sent not included. If neither this nor <see cref="Queue"/> is set: as
    /// many as the discipline's own default.
    /// </summary>
    public int QueueDatagrams
    {
        get => _queueDatagrams ?? (_queue is null ? Discipline.DefaultDatagrams : int.MaxValue);
        init => _queueDatagrams = value;
    }

    /// <summary>
    /// Bytes of the largest datagram that passes, IP and UDP headers counted; larger ones are dropped without a word, as behind a
    /// firewall that lets no ICMP through. 0 for no limit.
    /// </summary>
    public int Mtu { get; init; }

    /// <summary>Whether the link clears the ECN field, as some routers do.</summary>
    public bool Bleaches { get; init; }

    /// <summary>
    /// Whether the link is down: what enters is lost, what waits before the line goes on waiting, and what is on its way arrives.
    /// </summary>
    public bool IsDown { get; init; }

    /// <summary>When the link goes down by itself, again and again; null for never.</summary>
    public LinkOutage? Outage { get; init; }

    /// <summary>Datagrams to drop by name and count, each once.</summary>
    public ImmutableArray<ScriptedDrop> Drops { get; init; } = [];

    /// <summary>Datagrams to duplicate, corrupt or hold back by name and count, each once.</summary>
    public ImmutableArray<ScriptedFault> Faults { get; init; } = [];

    /// <summary>Each so manieth datagram that enters is dropped, counted from the link's beginning; 0 for none.</summary>
    public int DropEvery { get; init; }

    /// <summary>What it does later on, in the order of time; the steps' own steps mean nothing.</summary>
    public ImmutableArray<LinkStep> Steps { get; init; } = [];

    /// <summary>How long a reordered datagram is held back: half the delay, and at least a millisecond.</summary>
    public TimeSpan HoldBack => TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, Delay.Ticks / 2));

    /// <summary>Whether something befalls datagrams by name.</summary>
    internal bool IsScripted => Drops.Length > 0 || Faults.Length > 0;

    /// <summary>Whether all that it does is to delay each datagram by the same time.</summary>
    internal bool OnlyDelays => !HasLine && Path is null && Jitter == TimeSpan.Zero && Loss == 0 && Duplicate == 0 && Reorder == 0 && Corrupt == 0
        && Mtu == 0 && DropEvery == 0 && !IsScripted && !Bleaches && !IsDown;

    /// <summary>Whether datagrams may have to wait for the line.</summary>
    public bool HasLine => Rate > 0 || Trace is not null;

    /// <summary>The words of a link string that say the same; steps are not in it.</summary>
    public string ToText() => LinkText.Of(this);

    /// <summary>The same direction with a recorded path; null for as it is.</summary>
    internal LinkDirection Playing(PathRecord? path) => path is null ? this : this with
    {
        Path = path,
        Delay = TimeSpan.Zero,
        Jitter = TimeSpan.Zero,
        JitterReorders = !path.KeepsOrder,
        Loss = 0,
        Burst = 1,
        Rate = 0,
        Trace = path.Rate,

        // What waited there finds room here: twice of what the longest delay can have been.
        Queue = _queue ?? Math.Max(DefaultQueue, path.Rate is { } rate ? (long)(rate.MeanRate / 4 * path.Delays.Max(d => d.Delay).TotalSeconds) : 0),
    };

    /// <summary>Whether the line and its queue are the same, so that a change leaves them as they are.</summary>
    internal bool HasSameLine(LinkDirection other) => Rate == other.Rate && Equals(Trace, other.Trace);
}
