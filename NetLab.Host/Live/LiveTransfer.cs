using NetLab.Host.Experiments.Networks;
using NetLab.Host.Settings;
using NetLab.Tcp.Options;
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

    private readonly LiveSegments _segments = new();

    private LiveTransfer(LiveSettings settings) => Settings = settings;

    /// <summary>What decided it.</summary>
    public LiveSettings Settings { get; }

    /// <summary>All segments, in the order in which they were sent.</summary>
    public IReadOnlyList<LiveSegment> Segments => _segments.All;

    /// <summary>What the client did and saw.</summary>
    public FlowEnd Client { get; private set; } = null!;

    /// <summary>What the server did and saw.</summary>
    public FlowEnd Server { get; private set; } = null!;

    /// <summary>When the last segment arrived, or was sent.</summary>
    public TimeSpan End { get; private set; }

    /// <summary>Whether it has more segments than are kept.</summary>
    public bool IsCut => _segments.IsCut;

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
        var network = new LabNetwork(settings.Seed, mutation: null, cancellationToken);
        (LabHost left, LabHost right) = (network.Host("client"), network.Host("server"));
        (LabLink up, LabLink down) = network.Connect(left, right, link);
        up.OnPassed = outcome => transfer._segments.Decide(fromClient: true, outcome);
        down.OnPassed = outcome => transfer._segments.Decide(fromClient: false, outcome);
        LabFlow flow = network.Tcp(left, right, new ConnectionOptions { Congestion = CongestionNames.Parse(settings.Congestion) });
        (transfer.Client, transfer.Server) = (flow.ClientEnd, flow.ServerEnd);
        flow.OnSegment = (at, atClient, sent, segment) =>
        {
            if (sent)
            {
                transfer._segments.Take(at, atClient, segment);
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
        transfer.End = transfer.Segments.Select(s => Instant.Max(s.SentAt, s.ArrivedAt ?? s.SentAt)).DefaultIfEmpty(Instant.Zero).MaxBy(i => i.Ticks).SinceOrigin;
        return transfer;
    }
}
