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

    /// <summary>From the sender: the report has arrived.</summary>
    public bool Bye { get; init; }

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

    /// <summary>How often the receiver reports, in milliseconds; 0 for every second.</summary>
    public double IntervalMs { get; init; }

    /// <summary>The same as a time, whatever came over the network.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public TimeSpan Interval => IntervalMs > 0 ? TimeSpan.FromMilliseconds(Math.Clamp(IntervalMs, 10, 3_600_000)) : PerfSettings.UsualInterval;

    /// <summary>Of streams: which connection this is, from 0.</summary>
    public int Stream { get; init; }
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
