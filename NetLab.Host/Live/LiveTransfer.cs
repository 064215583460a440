using NetLab.Host.Experiments.Networks;
using NetLab.Host.Settings;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Live;

/// <summary>
/// Two ends of NetLab's TCP and a link between them in virtual time: the client opens a connection, sends its bytes and closes. The same settings
/// give the same events at the same times, so that whoever changes something at a moment sees the same past again.
/// </summary>
internal sealed class LiveTransfer
{
    // Longer than any retransmission that ends by itself; a link that loses everything ends by giving up before.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    // What a person can look at, and a browser can draw.
    private const int MaxSegments = 20_000;

    private readonly List<LiveSegment> _segments = [];
    private readonly Dictionary<(bool FromClient, string Kind), int> _counts = [];
    private readonly SequenceNumber?[] _initial = new SequenceNumber?[2];
    private readonly long[] _highest = new long[2];
    private readonly List<LiveSegment>[] _sent = [[], []];

    private LiveTransfer(LiveSettings settings) => Settings = settings;

    /// <summary>What decided it.</summary>
    public LiveSettings Settings { get; }

    /// <summary>All segments, in the order in which they were sent.</summary>
    public IReadOnlyList<LiveSegment> Segments => _segments;

    /// <summary>What the client did and saw.</summary>
    public FlowEnd Client { get; private set; } = null!;

    /// <summary>What the server did and saw.</summary>
    public FlowEnd Server { get; private set; } = null!;

    /// <summary>When the last segment arrived, or was sent.</summary>
    public TimeSpan End { get; private set; }

    /// <summary>Whether it has more segments than are kept.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Bytes that reached the server's application.</summary>
    public long Delivered { get; private set; }

    /// <summary>Runs one to its end.</summary>
    /// <param name="settings">What decides it; valid.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="UsageException">The settings make no sense.</exception>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public static LiveTransfer Run(LiveSettings settings, CancellationToken cancellationToken)
    {
        var transfer = new LiveTransfer(settings);
        LinkDescription link = settings.Description();
        var network = new LabNetwork(link.Seed ?? settings.Seed, mutation: null, cancellationToken);
        (LabHost left, LabHost right) = (network.Host("client"), network.Host("server"));
        (LabLink up, LabLink down) = network.Connect(left, right, link);
        up.OnPassed = outcome => transfer.Decide(0, outcome);
        down.OnPassed = outcome => transfer.Decide(1, outcome);
        LabFlow flow = network.Tcp(left, right, new ConnectionOptions { Congestion = CongestionNames.Parse(settings.Congestion) });
        (transfer.Client, transfer.Server) = (flow.ClientEnd, flow.ServerEnd);
        flow.OnSegment = (at, atClient, sent, segment) =>
        {
            if (sent)
            {
                transfer.Take(at, atClient, segment);
            }
        };
        bool isServerClosing = false;
        flow.Send(settings.Bytes);
        flow.ShutdownSend();
        network.RunUntil(
            () =>
            {
                if (!isServerClosing && flow.Server is { IsEndOfStream: true } server)
                {
                    isServerClosing = true;
                    server.Do(c => c.ShutdownSend());
                }

                return transfer.IsCut || (flow.Client.CloseReason is not null && (flow.Server is null || flow.Server.CloseReason is not null));
            },
            Limit);
        transfer.Delivered = flow.Delivered;
        transfer.End = transfer._segments.Select(s => Instant.Max(s.SentAt, s.ArrivedAt ?? s.SentAt)).DefaultIfEmpty(Instant.Zero).MaxBy(i => i.Ticks).SinceOrigin;
        return transfer;
    }

    private void Take(Instant at, bool fromClient, ReadOnlySpan<byte> datagram)
    {
        if (_segments.Count >= MaxSegments)
        {
            IsCut = true;
            return;
        }

        if (!SegmentReader.TryRead(datagram, out Segment segment, out SegmentError _))
        {
            return;
        }

        int side = fromClient ? 0 : 1;
        if (segment.Header.Has(SegmentFlags.Syn))
        {
            _initial[side] = segment.Header.Sequence;
        }

        long start = _initial[side] is { } first ? unchecked(segment.Header.Sequence.Value - first.Value) : 0;
        long acknowledged = segment.Header.Has(SegmentFlags.Ack) && _initial[1 - side] is { } other ? unchecked(segment.Header.Acknowledgment.Value - other.Value) : 0;
        string kind = SegmentKind.NameOf(segment);
        int ordinal = 0;

        // Counted as the link counts: a FIN that carries data is also DATA.
        foreach (string name in SegmentKind.Names)
        {
            if (SegmentKind.Matches(name, datagram))
            {
                int count = _counts[(fromClient, name)] = _counts.GetValueOrDefault((fromClient, name)) + 1;
                ordinal = name == kind ? count : ordinal;
            }
        }

        long end = start + segment.SequenceLength;
        var sent = new LiveSegment(fromClient, kind, ordinal, segment.Header, segment.Payload.Length, start, acknowledged, segment.SequenceLength > 0 && start < _highest[side]) { SentAt = at };
        _highest[side] = Math.Max(_highest[side], end);
        _segments.Add(sent);
        _sent[side].Add(sent);
    }

    // The ordinal counts what entered this direction, which is what was sent in it.
    private void Decide(int side, LinkOutcome outcome)
    {
        if (outcome.Ordinal <= _sent[side].Count)
        {
            _sent[side][(int)outcome.Ordinal - 1].Outcome = outcome;
        }
    }
}
