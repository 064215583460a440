using System.Buffers.Binary;
using NetLab.Tcp.Connections;
using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Settings;
using NetLab.Tcp.Simulation.Drill.Wire;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Simulation.Drill;

/// <summary>What TCP_INFO says of a connection, under the names that assertions use.</summary>
internal static class ConnectionInformation
{
    private const long NoThreshold = 0x7FFF_FFFF;

    // Linux numbers the states in an order of its own, FreeBSD in another.
    private static readonly Dictionary<string, (long Linux, long FreeBsd)> States = new()
    {
        ["ESTABLISHED"] = (1, 4),
        ["SYN_SENT"] = (2, 2),
        ["SYN_RECV"] = (3, 3),
        ["SYN_RECEIVED"] = (3, 3),
        ["FIN_WAIT1"] = (4, 6),
        ["FIN_WAIT_1"] = (4, 6),
        ["FIN_WAIT2"] = (5, 9),
        ["FIN_WAIT_2"] = (5, 9),
        ["TIME_WAIT"] = (6, 10),
        ["CLOSE"] = (7, 0),
        ["CLOSED"] = (7, 0),
        ["CLOSE_WAIT"] = (8, 5),
        ["LAST_ACK"] = (9, 8),
        ["LISTEN"] = (10, 1),
        ["CLOSING"] = (11, 7),
    };

    private static readonly Dictionary<string, long> Constants = new()
    {
        ["TCPI_OPT_TIMESTAMPS"] = 1,
        ["TCPI_OPT_SACK"] = 2,
        ["TCPI_OPT_WSCALE"] = 4,
        ["TCPI_OPT_ECN"] = 8,
        ["TCPI_OPT_ECN_SEEN"] = 16,
        ["TCPI_OPT_SYN_DATA"] = 32,
        ["TCP_CA_Open"] = 0,
        ["TCP_CA_Disorder"] = 1,
        ["TCP_CA_CWR"] = 2,
        ["TCP_CA_Recovery"] = 3,
        ["TCP_CA_Loss"] = 4,
        ["TCP_INFINITE_SSTHRESH"] = NoThreshold,
    };

    /// <summary>The value of a name; the second is false if there is none.</summary>
    public static (object? Value, bool IsKnown) Look(string name, DrillStream? stream, DrillFlow? flow, Instant now, bool listens, DrillSystem system)
    {
        if (Constants.TryGetValue(name, out long constant))
        {
            return (constant, true);
        }

        string state = name.StartsWith("TCPS_", StringComparison.Ordinal) || name.StartsWith("TCPI_", StringComparison.Ordinal) ? name[5..] : name.StartsWith("TCP_", StringComparison.Ordinal) ? name[4..] : "";
        if (States.TryGetValue(state, out (long Linux, long FreeBsd) number))
        {
            return (system == DrillSystem.FreeBsd ? number.FreeBsd : number.Linux, true);
        }

        if (!name.StartsWith("tcpi_", StringComparison.Ordinal))
        {
            return (null, false);
        }

        if (name == "tcpi_state")
        {
            string named = stream?.Connection?.State switch
            {
                null => listens ? "LISTEN" : "CLOSE",
                ConnectionState.SynSent => "SYN_SENT",
                ConnectionState.SynReceived => "SYN_RECV",
                ConnectionState.Established => "ESTABLISHED",
                ConnectionState.FinWait1 => "FIN_WAIT1",
                ConnectionState.FinWait2 => "FIN_WAIT2",
                ConnectionState.CloseWait => "CLOSE_WAIT",
                ConnectionState.Closing => "CLOSING",
                ConnectionState.LastAck => "LAST_ACK",
                ConnectionState.TimeWait => "TIME_WAIT",
                _ => "CLOSE",
            };
            return (system == DrillSystem.FreeBsd ? States[named].FreeBsd : States[named].Linux, true);
        }

        if (flow is not null && OfFlow(name, flow, stream?.Connection, now) is { } passed)
        {
            return (passed, true);
        }

        TimeSpan? spent = stream is null ? null : name switch
        {
            "tcpi_busy_time" => stream.Limits.Busy,
            "tcpi_rwnd_limited" => stream.Limits.ByWindow,
            "tcpi_sndbuf_limited" => stream.Limits.ByBuffer,
            _ => null,
        };
        if (spent is { } duration)
        {
            return (Microseconds(duration), true);
        }

        return stream?.Connection is { } connection && Value(name, connection, system) is { } value ? (value, true) : (null, false);
    }

    // What both SYNs agreed on, and what passed between them.
    private static long? OfFlow(string name, DrillFlow flow, Connection? connection, Instant now)
    {
        switch (name)
        {
            case "tcpi_options":
                return (Both(DrillOption.Timestamps) ? Constants["TCPI_OPT_TIMESTAMPS"] : 0) | (Both(DrillOption.SackPermitted) ? Constants["TCPI_OPT_SACK"] : 0)
                    | (Both(DrillOption.WindowScale) ? Constants["TCPI_OPT_WSCALE"] : 0)
                    | (connection is { Ecn.Feedback: not EcnFeedback.None } ? Constants["TCPI_OPT_ECN"] : 0) | (connection is { Ecn.Feedback: not EcnFeedback.None } && flow.Counts.HasSeenEct ? Constants["TCPI_OPT_ECN_SEEN"] : 0);
            case "tcpi_snd_wscale":
                return Both(DrillOption.WindowScale) ? flow.PeerSyn!.First(o => o.Kind == DrillOption.WindowScale).Value[0] : 0;
            case "tcpi_rcv_wscale":
                return Both(DrillOption.WindowScale) ? flow.OwnSyn!.First(o => o.Kind == DrillOption.WindowScale).Value[0] : 0;
            case "tcpi_advmss":
                // As Linux has it: less what every segment needs for options.
                return OwnSegmentSize() is { } size ? size - (Both(DrillOption.Timestamps) ? SegmentTimestamps.OptionBytes : 0) : null;
            case "tcpi_data_segs_out":
                return flow.Counts.DataSegmentsSent;
            case "tcpi_data_segs_in":
                return flow.Counts.DataSegmentsReceived;
            case "tcpi_last_data_sent":
                return (long)(now - flow.Counts.LastDataSent).TotalMilliseconds;
            case "tcpi_last_data_recv":
                return (long)(now - flow.Counts.LastDataReceived).TotalMilliseconds;
            case "tcpi_last_ack_recv":
                return (long)(now - flow.Counts.LastAcknowledgment).TotalMilliseconds;
            case "tcpi_bytes_retrans":
                return flow.Counts.BytesSentAgain;
            case "tcpi_delivered":
                return connection is null ? null : flow.Counts.SentFirst - connection.SegmentCounts.Outstanding + connection.SegmentCounts.Sacked;
            default:
                return null;
        }

        long? OwnSegmentSize() => flow.OwnSyn?.FirstOrDefault(o => o.Kind == DrillOption.MaxSegmentSize) is { } option ? BinaryPrimitives.ReadUInt16BigEndian(option.Value) : null;
        bool Both(byte kind) => (flow.OwnSyn?.Any(o => o.Kind == kind) ?? false) && (flow.PeerSyn?.Any(o => o.Kind == kind) ?? false);
    }

    private static object? Value(string name, Connection connection, DrillSystem system)
    {
        ConnectionMetrics metrics = connection.Metrics;
        ConnectionStatistics statistics = connection.Statistics;
        SegmentCounts counts = connection.SegmentCounts;
        long payload = Math.Max(1, metrics.PayloadSize);
        long InUnits(long bytes) => system == DrillSystem.FreeBsd ? bytes : bytes / payload;
        return name switch
        {
            "tcpi_snd_cwnd" => InUnits(metrics.CongestionWindow),
            "tcpi_snd_ssthresh" => metrics.SlowStartThreshold is { } threshold ? InUnits(threshold) : NoThreshold,
            "tcpi_unacked" => (long)counts.Outstanding,
            "tcpi_sacked" => (long)counts.Sacked,
            "tcpi_lost" => (long)counts.Lost,
            "tcpi_retrans" => (long)counts.Retransmitted,
            "tcpi_rto" => Microseconds(metrics.RetransmissionTimeout),
            "tcpi_rtt" => Microseconds(metrics.SmoothedRoundTrip ?? TimeSpan.Zero),
            "tcpi_rttvar" => Microseconds(metrics.RoundTripVariation),
            "tcpi_min_rtt" => metrics.MinRoundTrip is { } least ? Microseconds(least) : uint.MaxValue,
            "tcpi_backoff" => (long)metrics.Backoff,
            "tcpi_retransmits" => (long)metrics.Backoff,
            "tcpi_ca_state" => Constants["TCP_CA_" + CongestionState(connection)],
            "tcpi_snd_mss" => payload,
            "tcpi_snd_wnd" or "__tcpi_snd_wnd" => metrics.SendWindow,
            "tcpi_total_retrans" => statistics.Retransmissions,
            "tcpi_bytes_acked" => statistics.BytesAcknowledged,
            "tcpi_bytes_received" => statistics.BytesReceived,
            "tcpi_bytes_sent" => statistics.BytesSent,
            "tcpi_segs_out" => statistics.SegmentsSent,
            "tcpi_segs_in" => statistics.SegmentsReceived,
            "tcpi_notsent_bytes" => connection.Unsent,
            "tcpi_delivered_ce" => statistics.MarksReported,
            "tcpi_delivered_ce_bytes" => (long)connection.Ecn.ReportedBytes.Ce,
            "tcpi_delivered_e0_bytes" => (long)connection.Ecn.ReportedBytes.Ect0,
            "tcpi_delivered_e1_bytes" => (long)connection.Ecn.ReportedBytes.Ect1,
            "tcpi_received_ce" => statistics.MarksReceived,
            "tcpi_total_rto" => statistics.Timeouts,
            "tcpi_probes" => (long)connection.UnansweredWindowProbes,
            "tcpi_snd_rexmitpack" => statistics.Retransmissions,
            _ => null,
        };
    }

    // Linux's names of what congestion control is about.
    private static string CongestionState(Connection connection) => connection.Metrics switch
    {
        { InRecovery: true, Backoff: > 0 } => "Loss",
        { InRecovery: true } => "Recovery",
        _ => connection.AnswersMark ? "CWR" : connection.SegmentCounts.Sacked > 0 ? "Disorder" : "Open",
    };

    private static long Microseconds(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;
}
