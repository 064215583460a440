using NetLab.Host.Settings;
namespace NetLab.Host.Measurement.Reports;

/// <summary>What the two halves of a measurement say to each other: of each message, one part.</summary>
internal sealed record PerfMessage
{
    /// <summary>Which measurement it is about, drawn by the sender.</summary>
    public ulong Session { get; init; }

    /// <summary>From the sender: a measurement begins.</summary>
    public PerfHello? Hello { get; init; }

    /// <summary>From the sender, when it has sent everything: how many datagrams in each flow.</summary>
    public PerfDone? Done { get; init; }

    /// <summary>From whoever began it: the report has arrived.</summary>
    public bool Bye { get; init; }

    /// <summary>From a client that is sent to: send now. It brings the number that <see cref="Ready"/> came with, which only who is really there has seen.</summary>
    public ulong? Start { get; init; }

    /// <summary>From a client that is sent to: it is there still.</summary>
    public bool Alive { get; init; }

    /// <summary>From a client that is sent to: enough, report now.</summary>
    public bool Stop { get; init; }

    /// <summary>From a server, with <see cref="Ready"/>: what a client that wants to be sent to has to bring with <see cref="Start"/>.</summary>
    public ulong? Token { get; init; }

    /// <summary>From a server that has sent: what it was.</summary>
    public PerfSenderReport? Sent { get; init; }

    /// <summary>From the receiver: go on.</summary>
    public bool Ready { get; init; }

    /// <summary>From the receiver, with <see cref="Ready"/>: the port that takes requests, if it is another one.</summary>
    public int? Port { get; init; }

    /// <summary>From the receiver: datagrams still arrive, ask again.</summary>
    public bool Wait { get; init; }

    /// <summary>From the receiver: no, and why.</summary>
    public string? Refusal { get; init; }

    /// <summary>From the receiver: what arrived.</summary>
    public PerfReport? Report { get; init; }
}

/// <summary>The beginning of a measurement.</summary>
/// <param name="Streams">Flows or connections.</param>
/// <param name="SegmentSize">Bytes a datagram.</param>
/// <param name="WarmUpMs">Milliseconds at the beginning that do not count; of datagrams, those have flows of their own.</param>
internal sealed record PerfHello(int Streams, int SegmentSize, double WarmUpMs)
{
    /// <summary>Of datagrams: the number of the first flow; of each stream the even one is the warm-up, the odd one counts.</summary>
    public uint FirstFlow { get; init; }

    /// <summary>What is to be measured.</summary>
    public PerfMode Mode { get; init; }

    /// <summary>Whether the same client measures the other way, too: it has said so, or is about to.</summary>
    public bool IsOneOfTwo { get; init; }

    /// <summary>How often the receiver reports, in milliseconds; 0 for every second.</summary>
    public double IntervalMs { get; init; }

    /// <summary>The same as a time, whatever came over the network.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public TimeSpan Interval => IntervalMs > 0 ? TimeSpan.FromMilliseconds(Math.Clamp(IntervalMs, 10, 3_600_000)) : PerfSettings.UsualInterval;

    /// <summary>Of streams: which connection this is, from 0; <see cref="ControlStream"/> for the one beside them where the server sends.</summary>
    public int Stream { get; init; }

    /// <summary>What the server is to send; null where it receives.</summary>
    public PerfLoad? Load { get; init; }

    /// <summary>The number of the connection that carries no bytes that are measured.</summary>
    public const int ControlStream = -1;
}

/// <summary>What a server is asked to send.</summary>
/// <param name="TimeMs">Milliseconds of the measured part, if <paramref name="Bytes"/> does not end it.</param>
/// <param name="Bytes">Bytes of the measured part; 0 for as many as the time allows.</param>
/// <param name="Rate">Bits a second that are offered; 0 for flat out.</param>
internal sealed record PerfLoad(double TimeMs, long Bytes, long Rate)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>What settings say of it.</summary>
    public static PerfLoad Of(PerfSettings settings) => new(settings.Time.TotalMilliseconds, settings.Bytes, settings.Rate);

    /// <summary>The same as settings of a sender, whatever came over the network; null if it makes no sense.</summary>
    public PerfSettings? Settings(LabTransport transport, PerfHello hello) =>
        TimeMs < 0 || TimeMs > Longest.TotalMilliseconds || Bytes < 0 || Rate < 0 || !double.IsFinite(TimeMs) || !(hello.WarmUpMs >= 0 && hello.WarmUpMs <= Longest.TotalMilliseconds) || (Bytes == 0 && TimeMs == 0)
            ? null
            : new PerfSettings(transport, hello.SegmentSize, hello.Streams)
            {
                Time = TimeSpan.FromMilliseconds(TimeMs),
                Bytes = Bytes,
                Rate = Rate,
                WarmUp = TimeSpan.FromMilliseconds(hello.WarmUpMs),
                Interval = hello.Interval,
            };
}

/// <summary>What a sender knows when it has sent.</summary>
/// <param name="Sum">In total.</param>
/// <param name="CpuPercent">How busy its process was.</param>
internal sealed record PerfSenderReport(PerfSent Sum, double CpuPercent)
{
    /// <summary>Datagrams in each flow that counts; null of streams.</summary>
    public IReadOnlyList<long>? Flows { get; init; }

    /// <summary>What kept it from sending more; null of datagrams, and where that is not known.</summary>
    public PerfLimits? Limits { get; init; }

    /// <summary>The congestion control of each stream; null of datagrams.</summary>
    public IReadOnlyList<string?>? Algorithms { get; init; }

    /// <summary>Segments of each stream that were sent again; null of datagrams.</summary>
    public IReadOnlyList<long>? Resent { get; init; }

    /// <summary>What the windows were, piece by piece; null of datagrams.</summary>
    public IReadOnlyList<PerfIntervalSum>? Samples { get; init; }
}

/// <summary>The end of sending.</summary>
/// <param name="Sent">Datagrams in each flow that counts.</param>
/// <param name="FromInterval">The first piece of the report to send: a long one does not fit a datagram.</param>
internal sealed record PerfDone(IReadOnlyList<long>? Sent, int FromInterval)
{
    // A day at 100 million datagrams a second.
    private const long MostSent = 86_400L * 100_000_000;

    /// <summary>Whether it can be true: it came over the network.</summary>
    public bool IsPlausible => Sent is { Count: >= 1 and <= PerfSettings.MaxStreams } && Sent.All(n => n is >= 0 and <= MostSent);
}

/// <summary>What the receiver measured.</summary>
/// <param name="Received">In total.</param>
/// <param name="CpuPercent">How busy its process was.</param>
/// <param name="Intact">Whether everything was what had been sent.</param>
/// <param name="FromInterval">Which piece <paramref name="Intervals"/> begins with: a long report comes page by page.</param>
/// <param name="IntervalCount">How many pieces there are.</param>
/// <param name="Intervals">Some of them.</param>
internal sealed record PerfReport(
    PerfReceived Received, double CpuPercent, bool Intact, int FromInterval, int IntervalCount, IReadOnlyList<PerfInterval> Intervals)
{
    /// <summary>Of streams: the bytes of each; null of datagrams.</summary>
    public IReadOnlyList<long>? StreamBytes { get; init; }
}
