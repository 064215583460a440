using System.Diagnostics.Metrics;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Udp.Counters;

namespace NetLab.Tcp.Diagnostics;

/// <summary>
/// The meter <c>NetLab.Tcp</c>: what endpoints and their connections do, added up over all that name it in their options.
/// Nothing is added up as long as nobody listens.
/// </summary>
/// <remarks>
/// Instruments: <c>netlab.tcp.connections</c> {connection} that are established, by <c>netlab.tcp.role</c> (client, server);
/// <c>netlab.tcp.handshake.duration</c> s, by role and, of those that failed, <c>error.type</c>;
/// <c>netlab.tcp.connection.duration</c> s of those that were established, by role and <c>netlab.tcp.close_reason</c> (finished,
/// reset, timed_out, aborted …); by <c>network.io.direction</c> (transmit, receive) <c>netlab.tcp.segments</c> {segment} and
/// <c>netlab.tcp.io</c> By (of payload); <c>netlab.tcp.retransmissions</c> {segment}, <c>netlab.tcp.timeouts</c> {timeout},
/// <c>netlab.tcp.recoveries</c> {recovery}, <c>netlab.tcp.spurious_recoveries</c> {recovery}, <c>netlab.tcp.challenge_acks</c> {segment};
/// <c>netlab.tcp.unmatched_segments</c> {datagram} that belonged to no connection, by <c>netlab.tcp.fate</c> (malformed, bad_checksum,
/// unmatched, reset, suppressed, cookie_sent, cookie_accepted); <c>netlab.tcp.backlog_overflows</c> {segment}; of the endpoints' memory budgets
/// <c>netlab.tcp.memory.usage</c> By, <c>netlab.tcp.memory.reclaimed</c> By of out-of-order queues, and
/// <c>netlab.tcp.memory.refusals</c> {segment}, by <c>netlab.tcp.refused</c> (payload, connection).
/// </remarks>
public sealed class TcpMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "NetLab.Tcp";

    private readonly Meter _meter;
    private readonly Histogram<double> _handshakes;
    private readonly Histogram<double> _lives;
    private long _servers;
    private long _clients;

    /// <summary>Makes a meter.</summary>
    /// <param name="factory">Whose it is, such as a host's; null for nobody's.</param>
    public TcpMeter(IMeterFactory? factory = null)
    {
        string? version = typeof(TcpMeter).Assembly.GetName().Version?.ToString(3);
        _meter = factory?.Create(Name, version) ?? new Meter(Name, version);
        _meter.CreateObservableUpDownCounter<long>(
            "netlab.tcp.connections",
            () => [new(Interlocked.Read(ref _clients), Role(isPassive: false)), new(Interlocked.Read(ref _servers), Role(isPassive: true))],
            "{connection}",
            "Connections that are established");
        _handshakes = _meter.CreateHistogram<double>("netlab.tcp.handshake.duration", "s", "From the SYN to an established connection, or to its failure", null, Buckets(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100));
        _lives = _meter.CreateHistogram<double>("netlab.tcp.connection.duration", "s", "How long connections were established", null, Buckets(0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 86_400));
        ByDirection("netlab.tcp.segments", "{segment}", "Segments sent and received", s => s.SegmentsSent, s => s.SegmentsReceived);
        ByDirection("netlab.tcp.io", "By", "Bytes of payload sent, retransmissions counted, and received in order", s => s.BytesSent, s => s.BytesReceived);
        Count("netlab.tcp.retransmissions", "{segment}", "Segments sent again", s => s.Retransmissions);
        Count("netlab.tcp.timeouts", "{timeout}", "Expiries of retransmission timers", s => s.Timeouts);
        Count("netlab.tcp.recoveries", "{recovery}", "Times fast recovery began", s => s.FastRecoveries);
        Count("netlab.tcp.spurious_recoveries", "{recovery}", "Recoveries that were for nothing and undone", s => s.SpuriousRecoveries);
        Count("netlab.tcp.challenge_acks", "{segment}", "Challenge ACKs sent (RFC 5961)", s => s.ChallengeAcknowledgments);
        _meter.CreateObservableCounter("netlab.tcp.unmatched_segments", UnmatchedSegments, "{datagram}", "Datagrams that belonged to no connection, and what was done about them");
        _meter.CreateObservableCounter("netlab.tcp.backlog_overflows", () => Endpoints.Sum().BacklogOverflows, "{segment}", "SYNs, and cookies that came back, that found the backlog full");
        _meter.CreateObservableUpDownCounter("netlab.tcp.memory.usage", () => Memory.Sum().Used, "By", "Bytes that connections hold");
        _meter.CreateObservableCounter("netlab.tcp.memory.reclaimed", () => Memory.Sum().ReclaimedBytes, "By", "Bytes of out-of-order queues that were dropped for want of memory");
        _meter.CreateObservableCounter("netlab.tcp.memory.refusals", Refusals, "{segment}", "Segments whose payload, or whose connection, was refused for want of memory");
    }

    /// <summary>The one that belongs to nobody: what does not say otherwise counts in it.</summary>
    public static TcpMeter Shared { get; } = new();

    internal Tally<ConnectionStatistics> Connections { get; } = new();

    internal Tally<DemultiplexerStatistics> Endpoints { get; } = new();

    internal Tally<MemoryStatistics> Memory { get; } = new();

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>A handshake is done.</summary>
    internal void OnEstablished(bool isPassive, TimeSpan took)
    {
        Interlocked.Increment(ref isPassive ? ref _servers : ref _clients);
        _handshakes.Record(took.TotalSeconds, Role(isPassive));
    }

    /// <summary>A connection is over that was established.</summary>
    internal void OnEnded(bool isPassive, CloseReason reason, TimeSpan lived)
    {
        Interlocked.Decrement(ref isPassive ? ref _servers : ref _clients);
        _lives.Record(lived.TotalSeconds, Role(isPassive), new KeyValuePair<string, object?>("netlab.tcp.close_reason", NameOf(reason)));
    }

    /// <summary>A connection is over that never was established.</summary>
    internal void OnFailed(bool isPassive, CloseReason reason, TimeSpan took) =>
        _handshakes.Record(took.TotalSeconds, Role(isPassive), new KeyValuePair<string, object?>("error.type", NameOf(reason)));

    private static KeyValuePair<string, object?> Role(bool isPassive) => new("netlab.tcp.role", isPassive ? "server" : "client");

    private static string NameOf(CloseReason reason) => reason switch
    {
        CloseReason.Finished => "finished",
        CloseReason.Reset => "reset",
        CloseReason.Refused => "refused",
        CloseReason.TimedOut => "timed_out",
        CloseReason.Cancelled => "cancelled",
        _ => "aborted",
    };

    // A handshake on loopback takes microseconds, one that fails two minutes: the usual buckets begin at five seconds.
    private static InstrumentAdvice<double> Buckets(params double[] bounds) => new() { HistogramBucketBoundaries = bounds };

    private void Count(string name, string unit, string description, Func<ConnectionStatistics, long> read) =>
        _meter.CreateObservableCounter(name, () => read(Connections.Sum()), unit, description);

    private void ByDirection(string name, string unit, string description, Func<ConnectionStatistics, long> sent, Func<ConnectionStatistics, long> received) =>
        _meter.CreateObservableCounter(
            name,
            () =>
            {
                ConnectionStatistics sum = Connections.Sum();
                return (Measurement<long>[])
                [
                    new(sent(sum), new KeyValuePair<string, object?>("network.io.direction", "transmit")),
                    new(received(sum), new KeyValuePair<string, object?>("network.io.direction", "receive")),
                ];
            },
            unit,
            description);

    private IEnumerable<Measurement<long>> Refusals()
    {
        MemoryStatistics sum = Memory.Sum();
        return [Of(sum.RefusedSegments, "payload"), Of(sum.RefusedConnections, "connection")];

        static Measurement<long> Of(long value, string what) => new(value, new KeyValuePair<string, object?>("netlab.tcp.refused", what));
    }

    private IEnumerable<Measurement<long>> UnmatchedSegments()
    {
        DemultiplexerStatistics sum = Endpoints.Sum();
        return
        [
            Of(sum.Malformed, "malformed"),
            Of(sum.BadChecksums, "bad_checksum"),
            Of(sum.Unmatched, "unmatched"),
            Of(sum.ResetsSent, "reset"),
            Of(sum.Suppressed, "suppressed"),
            Of(sum.CookiesSent, "cookie_sent"),
            Of(sum.CookiesAccepted, "cookie_accepted"),
        ];

        static Measurement<long> Of(long value, string fate) => new(value, new KeyValuePair<string, object?>("netlab.tcp.fate", fate));
    }
}
