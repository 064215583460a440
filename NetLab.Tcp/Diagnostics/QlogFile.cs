using System.Text.Json;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Diagnostics;

/// <summary>
/// Writes the events of any number of connections as qlog (draft-ietf-quic-qlog-main-schema-03, JSON-SEQ: RFC 7464), which
/// qvis and other viewers read. Each connection is a group. Safe to be told by several threads.
/// </summary>
/// <remarks>
/// Names are qlog's where it has one: <c>transport:packet_sent</c>, <c>transport:packet_received</c>,
/// <c>recovery:packet_lost</c>, <c>recovery:packets_acked</c>, <c>recovery:metrics_updated</c>,
/// <c>recovery:loss_timer_updated</c>, <c>connectivity:connection_state_updated</c>. A packet number is the number of a
/// transmission, as TCP has none; what TCP has and QUIC has not stands under its own name beside it. Times are milliseconds
/// since the file was opened, durations milliseconds, sizes bytes.
/// </remarks>
public sealed class QlogFile : IDisposable
{
    private const byte RecordSeparator = 0x1E;

    private readonly Lock _lock = new();
    private readonly Stream _stream;
    private readonly Utf8JsonWriter _json;
    private readonly Instant _origin;
    private int _connections;
    private Exception? _failure;
    private bool _closed;

    /// <summary>Begins a file.</summary>
    /// <param name="stream">Where it goes; closed with it.</param>
    /// <param name="title">What was done, in words.</param>
    /// <param name="origin">The moment that times are counted from.</param>
    /// <param name="originDate">The date of it.</param>
    public QlogFile(Stream stream, string title, Instant origin, DateTimeOffset originDate)
    {
        _stream = stream;
        _json = new Utf8JsonWriter(stream);
        _origin = origin;
        WriteHeader(title, originDate);
    }

    /// <summary>Why the file is not complete; null as long as it is.</summary>
    public Exception? Failure
    {
        get
        {
            lock (_lock)
            {
                return _failure;
            }
        }
    }

    /// <summary>Somebody who writes down what happens to a connection.</summary>
    public IConnectionObserver Observe(ObservedConnection connection)
    {
        string role = connection.IsPassive ? "server" : "client";
        return new Group(this, $"{Interlocked.Increment(ref _connections)}:{role}:{connection.LocalPort}-{connection.RemotePort}");
    }

    /// <summary>Finishes the file.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            try
            {
                using (_stream)
                {
                    _json.Dispose();
                }
            }
            catch (IOException error)
            {
                _failure ??= error;
            }
        }
    }

    private void WriteHeader(string title, DateTimeOffset originDate) => Record(() =>
    {
        _json.WriteString("qlog_version"u8, "0.3"u8);
        _json.WriteString("qlog_format"u8, "JSON-SEQ"u8);
        _json.WriteString("title"u8, title);
        _json.WriteStartObject("trace"u8);
        _json.WriteStartObject("vantage_point"u8);
        _json.WriteString("name"u8, "nlab"u8);
        _json.WriteString("type"u8, "unknown"u8);
        _json.WriteEndObject();
        _json.WriteStartObject("common_fields"u8);
        _json.WriteStartArray("protocol_type"u8);
        _json.WriteStringValue("TCP"u8);
        _json.WriteEndArray();
        _json.WriteString("time_format"u8, "relative"u8);
        _json.WriteNumber("reference_time"u8, (originDate - DateTimeOffset.UnixEpoch).TotalMilliseconds);
        _json.WriteEndObject();
        _json.WriteEndObject();
    });

    private void Record(Action write)
    {
        lock (_lock)
        {
            // A full disk ends the log and not the connection it is about.
            if (_closed || _failure is not null)
            {
                return;
            }

            try
            {
                _stream.WriteByte(RecordSeparator);
                _json.WriteStartObject();
                write();
                _json.WriteEndObject();
                _json.Flush();
                _json.Reset();
                _stream.WriteByte((byte)'\n');
            }
            catch (Exception error)
            {
                // Whatever it is: it is told from within the machine, which it must not stop.
                _failure = error;
            }
        }
    }

    private static double Milliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 4);

    private static string Snake<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>One connection in the file.</summary>
    private sealed class Group(QlogFile file, string id) : IConnectionObserver
    {
        private readonly Utf8JsonWriter _json = file._json;
        private ConnectionMetrics _metrics;

        public void OnEvent(in ConnectionEvent happened)
        {
            ConnectionEvent e = happened;
            file.Record(() =>
            {
                _json.WriteNumber("time"u8, Milliseconds(e.At - file._origin));
                _json.WriteString("name"u8, NameOf(e.Kind));
                _json.WriteString("group_id"u8, id);
                _json.WriteStartObject("data"u8);
                WriteData(e);
                _json.WriteEndObject();
            });
        }

        private static ReadOnlySpan<byte> NameOf(ConnectionEventKind kind) => kind switch
        {
            ConnectionEventKind.StateChanged => "connectivity:connection_state_updated"u8,
            ConnectionEventKind.SegmentSent => "transport:packet_sent"u8,
            ConnectionEventKind.SegmentReceived => "transport:packet_received"u8,
            ConnectionEventKind.SegmentAcknowledged => "recovery:packets_acked"u8,
            ConnectionEventKind.SegmentLost => "recovery:packet_lost"u8,
            ConnectionEventKind.RecoveryUndone => "recovery:spurious_recovery_undone"u8,
            ConnectionEventKind.MetricsChanged => "recovery:metrics_updated"u8,
            _ => "recovery:loss_timer_updated"u8,
        };

        private void WriteData(in ConnectionEvent e)
        {
            switch (e.Kind)
            {
                case ConnectionEventKind.StateChanged:
                    _json.WriteString("old"u8, Snake(e.PreviousState));
                    _json.WriteString("new"u8, Snake(e.State));
                    break;
                case ConnectionEventKind.SegmentSent:
                    WriteSegment(e);
                    _json.WriteString("trigger"u8, Snake(e.Purpose));
                    break;
                case ConnectionEventKind.SegmentReceived:
                    WriteSegment(e);
                    break;
                case ConnectionEventKind.SegmentAcknowledged:
                    _json.WriteStartArray("packet_numbers"u8);
                    _json.WriteNumberValue(e.Transmission);
                    _json.WriteEndArray();
                    WriteRange(e);
                    break;
                case ConnectionEventKind.SegmentLost:
                    _json.WriteStartObject("header"u8);
                    _json.WriteString("packet_type"u8, "1RTT"u8);
                    _json.WriteNumber("packet_number"u8, e.Transmission);
                    _json.WriteEndObject();
                    WriteRange(e);
                    _json.WriteString("trigger"u8, TriggerOf(e.Cause));
                    break;
                case ConnectionEventKind.MetricsChanged:
                    WriteMetrics(e.Metrics);
                    break;
                case ConnectionEventKind.TimerSet or ConnectionEventKind.TimerStopped or ConnectionEventKind.TimerExpired:
                    _json.WriteString("timer_type"u8, Snake(e.Timer));
                    _json.WriteString("event_type"u8, e.Kind switch
                    {
                        ConnectionEventKind.TimerSet => "set"u8,
                        ConnectionEventKind.TimerStopped => "cancelled"u8,
                        _ => "expired"u8,
                    });
                    if (e.Kind == ConnectionEventKind.TimerSet)
                    {
                        _json.WriteNumber("delta"u8, Milliseconds(e.Deadline - e.At));
                    }

                    break;
                default:
                    break;
            }
        }

        // qlog's own words where it has them (RFC 9002's two thresholds and the PTO).
        private static ReadOnlySpan<byte> TriggerOf(LossCause cause) => cause switch
        {
            LossCause.Time => "time_threshold"u8,
            LossCause.DuplicateAcknowledgments => "reordering_threshold"u8,
            LossCause.Timeout => "pto_expired"u8,
            LossCause.TooLarge => "too_large"u8,
            LossCause.WindowClosed => "window_closed"u8,
            _ => "syn_repeated"u8,
        };

        private void WriteSegment(in ConnectionEvent e)
        {
            SegmentHeader header = e.Header;
            _json.WriteStartObject("header"u8);

            // The name by which viewers know a packet that carries data.
            _json.WriteString("packet_type"u8, "1RTT"u8);
            if (e.Transmission > 0)
            {
                _json.WriteNumber("packet_number"u8, e.Transmission);
            }

            _json.WriteString("flags"u8, header.Flags.ToString());
            _json.WriteNumber("sequence"u8, header.Sequence.Value);
            if (header.Has(SegmentFlags.Ack))
            {
                _json.WriteNumber("acknowledgment"u8, header.Acknowledgment.Value);
            }

            _json.WriteNumber("window"u8, header.Window);
            WriteOptions(header.Options);
            _json.WriteEndObject();
            _json.WriteStartObject("raw"u8);
            _json.WriteNumber("length"u8, SegmentWriter.SizeOf(header.Options) + e.PayloadLength);
            _json.WriteNumber("payload_length"u8, e.PayloadLength);
            _json.WriteEndObject();
            if (e.PayloadLength > 0 || header.Has(SegmentFlags.Fin))
            {
                _json.WriteStartArray("frames"u8);
                _json.WriteStartObject();
                _json.WriteString("frame_type"u8, "stream"u8);
                _json.WriteNumber("stream_id"u8, 0);

                // The first byte of the stream is at 0 for a viewer; our offsets count the SYN.
                _json.WriteNumber("offset"u8, Math.Max(0, e.Start - 1));
                _json.WriteNumber("length"u8, e.PayloadLength);
                _json.WriteBoolean("fin"u8, header.Has(SegmentFlags.Fin));
                _json.WriteEndObject();
                _json.WriteEndArray();
            }
        }

        private void WriteOptions(in SegmentOptions options)
        {
            if (options.MaxSegmentSize is { } size)
            {
                _json.WriteNumber("max_segment_size"u8, size);
            }

            if (options.WindowScale is { } scale)
            {
                _json.WriteNumber("window_scale"u8, scale);
            }

            if (options.SackPermitted)
            {
                _json.WriteBoolean("sack_permitted"u8, true);
            }

            if (options.Timestamps is { } timestamps)
            {
                _json.WriteNumber("timestamp"u8, timestamps.Value);
                _json.WriteNumber("timestamp_echo"u8, timestamps.Echo);
            }

            if (options.Sack.Count > 0)
            {
                _json.WriteStartArray("sack"u8);
                for (int i = 0; i < options.Sack.Count; i++)
                {
                    _json.WriteStartArray();
                    _json.WriteNumberValue(options.Sack[i].Start.Value);
                    _json.WriteNumberValue(options.Sack[i].End.Value);
                    _json.WriteEndArray();
                }

                _json.WriteEndArray();
            }
        }

        private void WriteRange(in ConnectionEvent e)
        {
            _json.WriteNumber("start"u8, e.Start);
            _json.WriteNumber("end"u8, e.End);
        }

        // Only what changed, as qlog wants it.
        private void WriteMetrics(in ConnectionMetrics metrics)
        {
            ConnectionMetrics before = _metrics;
            _metrics = metrics;
            WriteDuration("min_rtt"u8, metrics.MinRoundTrip, before.MinRoundTrip);
            WriteDuration("smoothed_rtt"u8, metrics.SmoothedRoundTrip, before.SmoothedRoundTrip);
            WriteDuration("latest_rtt"u8, metrics.LatestRoundTrip, before.LatestRoundTrip);
            WriteDuration("rtt_variance"u8, metrics.RoundTripVariation, before.RoundTripVariation);
            WriteSize("pto_count"u8, metrics.Backoff, before.Backoff);
            WriteSize("congestion_window"u8, metrics.CongestionWindow, before.CongestionWindow);
            WriteSize("bytes_in_flight"u8, metrics.InFlight, before.InFlight);
            WriteSize("ssthresh"u8, metrics.SlowStartThreshold, before.SlowStartThreshold);
            WriteSize("send_window"u8, metrics.SendWindow, before.SendWindow);
            WriteSize("unread"u8, metrics.Unread, before.Unread);
            WriteSize("segment_size"u8, metrics.SegmentSize, before.SegmentSize);
            if (metrics.InRecovery != before.InRecovery)
            {
                _json.WriteBoolean("in_recovery"u8, metrics.InRecovery);
            }
        }

        private void WriteDuration(ReadOnlySpan<byte> name, TimeSpan? value, TimeSpan? before)
        {
            if (value is { } duration && value != before)
            {
                _json.WriteNumber(name, Milliseconds(duration));
            }
        }

        private void WriteSize(ReadOnlySpan<byte> name, long? value, long? before)
        {
            if (value is { } size && value != before)
            {
                _json.WriteNumber(name, size);
            }
        }
    }
}
