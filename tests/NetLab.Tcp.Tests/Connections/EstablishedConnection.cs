using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>A connection whose handshake took one round trip, as RTT and RTO have it: 100 ms and 300 ms by RFC 6298, 2.2.</summary>
internal static class EstablishedConnection
{
    public static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    /// <summary>RTO after one sample R: R + 4 · R/2.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(300);

    public const int SegmentSize = 1000;

    /// <summary>MSS 1000 and SACK, without timestamps; a script counts segments, so nothing is paced unless a test says so.</summary>
    public static ConnectionScript With(ConnectionOptions? options = null, bool sack = true, bool timestamps = false, ushort window = ushort.MaxValue, int? windowScale = null)
    {
        ConnectionScript script = ConnectionScript.Listening(options ?? new ConnectionOptions { Pacing = false });
        var syn = new SegmentOptions
        {
            MaxSegmentSize = SegmentSize,
            SackPermitted = sack,
            WindowScale = windowScale,
            Timestamps = timestamps ? new SegmentTimestamps(1, 0) : null,
        };
        script.Inject(Say.Syn(syn) with { Window = window });
        ScriptedSegment answer = script.Expect("the SYN_ACK", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack));
        script.Advance(RoundTrip);
        script.Inject(Say.Ack(1, 1, window) with
        {
            Options = new SegmentOptions { Timestamps = timestamps ? new SegmentTimestamps(2, answer.Options.Timestamps!.Value.Value) : null },
        });
        script.ExpectNothing();
        return script;
    }

    /// <summary>Established by a handshake that took a round trip.</summary>
    public static ConnectionScript After(TimeSpan roundTrip, ConnectionOptions options, SegmentOptions syn)
    {
        ConnectionScript script = ConnectionScript.Listening(options);
        script.Inject(Say.Syn(syn));
        script.TakeAll();
        script.Advance(roundTrip);
        script.Inject(Say.Ack(1, 1));
        script.ExpectState(ConnectionState.Established);
        return script;
    }

    /// <summary>Whether a segment carries exactly those bytes of the stream.</summary>
    public static bool Is(this ScriptedSegment segment, long start, long end) => segment.Sequence == start && segment.Payload.Length == end - start;

    /// <summary>cwnd in full segments.</summary>
    public static long WindowInSegments(this ConnectionScript script) => script.Connection!.CongestionWindow / SegmentSize;

    /// <summary>What was sent since the last look, as (start, end).</summary>
    public static (long Start, long End)[] TakeRanges(this ConnectionScript script) =>
        [.. script.TakeAll().Where(s => s.Payload.Length > 0).Select(s => (s.Sequence, s.Sequence + s.Payload.Length))];
}
