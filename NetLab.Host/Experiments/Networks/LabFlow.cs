using System.Globalization;
using NetLab.Host.Rendering;
using NetLab.Tcp.Events;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Networks;

/// <summary>A TCP connection between two hosts, from whose applications bytes go and to which they come.</summary>
public sealed class LabFlow
{
    // Enough ahead of the network that the application never binds.
    private const int Ahead = 4 << 20;

    // What a ladder shows: more would not be read.
    private const int MaxSeen = 1_000;

    // Fits 80 columns.
    private const int NarrowArrow = 49;
    private static readonly TimeSpan RefillInterval = TimeSpan.FromMilliseconds(50);

    private readonly LabNetwork _network;
    private readonly List<(Instant At, long Bytes)> _arrivals = [];
    private readonly List<LadderEvent> _seen = [];
    private bool _endless;

    internal LabFlow(LabNetwork network, string name, LabLink up, LabLink down, SimulatedStream client, FlowEnd clientEnd, FlowEnd serverEnd)
    {
        _network = network;
        Name = name;
        (Up, Down) = (up, down);
        Client = client;
        (ClientEnd, ServerEnd) = (clientEnd, serverEnd);
    }

    /// <summary>Its name in logs and pictures.</summary>
    public string Name { get; }

    /// <summary>The direction from client to server.</summary>
    public LabLink Up { get; }

    /// <summary>The direction from server to client.</summary>
    public LabLink Down { get; }

    /// <summary>The client's application.</summary>
    public SimulatedStream Client { get; }

    /// <summary>The server's application; null until a SYN has arrived.</summary>
    public SimulatedStream? Server { get; private set; }

    /// <summary>What the client's end did and saw; empty where no log is kept.</summary>
    public FlowEnd ClientEnd { get; }

    /// <summary>What the server's end did and saw; empty where no log is kept.</summary>
    public FlowEnd ServerEnd { get; }

    /// <summary>Bytes that the server's application has received.</summary>
    public long Delivered => Server?.ReceivedBytes ?? 0;

    /// <summary>Bytes received by the server at moments of a regular beat.</summary>
    public IReadOnlyList<(Instant At, long Bytes)> Arrivals => _arrivals;

    /// <summary>What to do when the server's application has come into being.</summary>
    public Action<SimulatedStream>? OnAccepted { get; set; }

    /// <summary>Hears of each segment that either end sends or receives, whole; null for nobody.</summary>
    public SegmentHandler? OnSegment { get; set; }

    /// <summary>Lets the client write bytes now.</summary>
    public void Send(int bytes) => Client.Write(new byte[bytes]);

    /// <summary>Lets the client write for as long as the network runs, so that its application never binds.</summary>
    public void SendForever()
    {
        _endless = true;
        Refill();
    }

    /// <summary>Ends <see cref="SendForever"/>.</summary>
    public void StopSending() => _endless = false;

    /// <summary>Lets the client say that it writes no more, once everything is sent.</summary>
    public void ShutdownSend() => Client.Do(c => c.ShutdownSend());

    /// <summary>What the server received between two moments, in bits a second.</summary>
    public double Goodput(TimeSpan from, TimeSpan to) => 8 * (DeliveredAt(to) - DeliveredAt(from)) / (to - from).TotalSeconds;

    /// <summary>What the client's sending waited for, in per cent of the time since it was opened.</summary>
    public FlowLimits Limits() => FlowLimits.Of(Client.Connection, _network.Virtual.Now);

    /// <summary>The ladder of the conversation as text, one line a segment, with what was lost.</summary>
    /// <param name="most">The most segments to show.</param>
    public IReadOnlyList<string> Ladder(int most = 40) => Drawn(most);

    internal void Accept(SimulatedStream server)
    {
        Server ??= server;
        OnAccepted?.Invoke(server);
    }

    internal void NoteArrivals(Instant now) => _arrivals.Add((now, Delivered));

    /// <summary>Whether segments still have to be shown to it, whole.</summary>
    internal bool WantsSegments => _seen.Count < MaxSeen || OnSegment is not null;

    internal void NoteSegment(Instant now, bool atClient, bool sent, ReadOnlySpan<byte> segment)
    {
        OnSegment?.Invoke(now, atClient, sent, segment);
        if (_seen.Count < MaxSeen)
        {
            _seen.Add(new LadderEvent(now, atClient, sent, segment.ToArray()));
        }
    }

    /// <summary>The segments that either end sent, with what became of each.</summary>
    internal Ladder Seen() => new(_seen, NarrowArrow);

    private IReadOnlyList<string> Drawn(int most)
    {
        Ladder ladder = Seen();
        return [.. ladder.Draw(ladder.Rungs.Take(most))];
    }

    private double DeliveredAt(TimeSpan moment)
    {
        long ticks = Instant.FromOrigin(moment).Ticks;
        int index = _arrivals.FindIndex(a => a.At.Ticks >= ticks);
        if (index < 0)
        {
            return Delivered;
        }

        if (index == 0)
        {
            return 0;
        }

        ((Instant before, long least), (Instant after, long most)) = (_arrivals[index - 1], _arrivals[index]);
        return least + ((most - least) * (double)(ticks - before.Ticks) / (after.Ticks - before.Ticks));
    }

    private void Refill()
    {
        if (!_endless || Client.CloseReason is not null)
        {
            return;
        }

        // Twice what may be in the network, however large that has become.
        long wanted = Math.Max(Ahead / 2, 2 * (Client.Connection?.CongestionWindow ?? 0));
        if (Client.Written - Client.Acknowledged < wanted)
        {
            Client.WriteZeros((int)Math.Min(wanted, 1 << 28));
        }

        _network.In(RefillInterval, Refill);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}: {Delivered} bytes, {Client.Connection?.State ?? ConnectionState.Closed}");
}
