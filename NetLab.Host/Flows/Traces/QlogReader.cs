using System.Globalization;
using System.Text.Json;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Host.Settings;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Host.Flows.Traces;

/// <summary>Reads a connection out of a qlog file as <c>--qlog</c> writes it (JSON-SEQ, RFC 7464): segments, losses, and what the sender knew.</summary>
internal sealed class QlogReader
{
    private const char RecordSeparator = '\u001E';

    // Nobody looks at more, and a file may be of any length.
    private const int MaxEvents = 2_000_000;

    // Longer lines are none of an event.
    private const int MaxLine = 1 << 20;

    private readonly string _path;
    private readonly Dictionary<string, End> _ends = [];
    private readonly List<End> _order = [];

    private QlogReader(string path) => _path = path;

    /// <summary>Whether a file begins as one of qlog does.</summary>
    public static bool IsQlog(string path)
    {
        using FileStream file = File.OpenRead(path);
        return file.ReadByte() == RecordSeparator;
    }

    /// <summary>Reads one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="number">Which of its connections, from 0 in the order in which they begin.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UsageException">It is no such file, or has no such connection; the message says where.</exception>
    public static TracedConnection Read(string path, int number, CancellationToken cancellationToken)
    {
        var reader = new QlogReader(path);
        bool isCut = reader.ReadAll(cancellationToken);
        if (reader._order.Count == 0)
        {
            throw new UsageException($"'{path}': there is no connection in it");
        }

        if (number >= reader._order.Count)
        {
            throw new UsageException($"--stream {number}: '{path}' has {reader._order.Count}, from 0: {string.Join(", ", reader._order.Take(6).Select(e => e.Id))}");
        }

        return reader._order[number].ToConnection(reader._order, isCut ? string.Create(CultureInfo.InvariantCulture, $"of '{path}' the first {MaxEvents} events are read") : "");
    }

    private bool ReadAll(CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(_path);
        for (int line = 1; reader.ReadLine() is { } text; line++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line > MaxEvents)
            {
                return true;
            }

            text = text.TrimStart(RecordSeparator);
            if (text.Length is 0 or > MaxLine)
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(text);
                Take(document.RootElement, line);
            }
            catch (JsonException) when (reader.Peek() < 0)
            {
                // Who wrote it was stopped in the middle of a line: what is there before is whole.
                return false;
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or OverflowException)
            {
                throw new UsageException($"'{_path}': line {line}: is no event of qlog ({error.Message.Split('\n')[0]})");
            }
        }

        return false;
    }

    private void Take(JsonElement root, int line)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("name", out JsonElement name) || !root.TryGetProperty("data", out JsonElement data)
            || !root.TryGetProperty("group_id", out JsonElement group) || !root.TryGetProperty("time", out JsonElement time))
        {
            if (line == 1 && root.ValueKind == JsonValueKind.Object && root.TryGetProperty("qlog_version", out _))
            {
                return;
            }

            throw new JsonException("name, data, group_id or time is missing");
        }

        string id = group.GetString() ?? "";
        if (!_ends.TryGetValue(id, out End? end))
        {
            _ends[id] = end = new End(id);
            _order.Add(end);
        }

        double milliseconds = time.GetDouble();
        if (!double.IsFinite(milliseconds) || Math.Abs(milliseconds) > 1e12)
        {
            throw new JsonException("a time that is none");
        }

        end.Take(TimeSpan.FromMilliseconds(milliseconds), name.GetString() ?? "", data);
    }

    /// <summary>One end of a connection, in the making.</summary>
    private sealed class End(string id)
    {
        private readonly TraceBuilder _builder = new();
        private readonly List<FlowSample> _samples = [];
        private readonly List<LostSegment> _lost = [];
        private readonly Dictionary<long, SegmentRecord> _transmissions = [];
        private ConnectionMetrics _metrics;

        public string Id => id;

        // "1:client:50123-9000": the number, the role, the own port and the peer's.
        private string Role => id.Split(':') is [_, var role, _] ? role : "";

        private string Ports => id.Split(':') is [_, _, var ports] ? ports : "";

        public void Take(TimeSpan at, string name, JsonElement data)
        {
            switch (name)
            {
                case "transport:packet_sent":
                case "transport:packet_received":
                    TakeSegment(at, name == "transport:packet_sent", data);
                    break;
                case "recovery:metrics_updated":
                    TakeMetrics(at, data);
                    break;
                case "recovery:packet_lost":
                    TakeLoss(at, data);
                    break;
                default:
                    break;
            }
        }

        public TracedConnection ToConnection(IReadOnlyList<End> all, string notice)
        {
            bool isClient = Role != "server";
            string ports = string.Join('-', Ports.Split('-').Reverse());
            End? other = all.FirstOrDefault(e => e != this && e.Ports == ports && e.Role != Role);
            var trace = new FlowTrace(isClient ? "client" : "server")
            {
                Sent = _builder.Sent,
                Received = _builder.Received,
                Samples = _samples,
                Lost = _lost,
                LostName = "taken for lost",
            };
            return new TracedConnection("client", "server", trace, Steps(isClient, other), "a qlog file") { HasCongestionWindow = _samples.Count > 0, Notice = notice };
        }

        // Where the file has the other end too, it says what arrived and when; else what arrived here is known, and what was taken for lost there.
        private List<LadderStep> Steps(bool isClient, End? other)
        {
            HashSet<(long, long)> lost = [.. _lost.Select(l => (l.SentAt.Ticks, l.Start))];
            var steps = new List<LadderStep>();
            steps.AddRange(StepsOf(_builder.Sent, other?._builder.Received, isClient, s => lost.Contains((s.At.Ticks, s.Start))));
            if (other is not null)
            {
                HashSet<(long, long)> theirs = [.. other._lost.Select(l => (l.SentAt.Ticks, l.Start))];
                steps.AddRange(StepsOf(other._builder.Sent, _builder.Received, !isClient, s => theirs.Contains((s.At.Ticks, s.Start))));
            }
            else
            {
                steps.AddRange(_builder.Received.Select(s => new LadderStep(s.At.SinceOrigin, null, !isClient, StepText.Of(s), false, s.IsRetransmission)));
            }

            return [.. steps.OrderBy(s => s.SentAt)];
        }

        private static IEnumerable<LadderStep> StepsOf(IReadOnlyList<SegmentRecord> sent, IReadOnlyList<SegmentRecord>? received, bool fromClient, Func<SegmentRecord, bool> isLost)
        {
            Dictionary<SegmentHeader, Queue<TimeSpan>> arrivals = [];
            foreach (SegmentRecord record in received ?? [])
            {
                if (!arrivals.TryGetValue(record.Header, out Queue<TimeSpan>? queue))
                {
                    arrivals[record.Header] = queue = new Queue<TimeSpan>();
                }

                queue.Enqueue(record.At.SinceOrigin);
            }

            foreach (SegmentRecord record in sent)
            {
                TimeSpan? arrived = arrivals.TryGetValue(record.Header, out Queue<TimeSpan>? queue) && queue.TryDequeue(out TimeSpan at) ? at : null;
                yield return new LadderStep(record.At.SinceOrigin, arrived, fromClient, StepText.Of(record), arrived is null && (received is not null || isLost(record)), record.IsRetransmission);
            }
        }

        private void TakeSegment(TimeSpan at, bool sent, JsonElement data)
        {
            JsonElement header = data.GetProperty("header");
            var blocks = default(SackBlocks);
            if (header.TryGetProperty("sack", out JsonElement sack))
            {
                foreach (JsonElement block in sack.EnumerateArray())
                {
                    blocks.Add(new SackBlock(new SequenceNumber(block[0].GetUInt32()), new SequenceNumber(block[1].GetUInt32())));
                }
            }

            var read = new SegmentHeader
            {
                Sequence = new SequenceNumber(header.GetProperty("sequence").GetUInt32()),
                Acknowledgment = new SequenceNumber(header.TryGetProperty("acknowledgment", out JsonElement ack) ? ack.GetUInt32() : 0),
                Flags = Enum.TryParse(header.GetProperty("flags").GetString(), out SegmentFlags flags) ? flags : throw new JsonException("flags that are none"),
                Window = header.GetProperty("window").GetUInt16(),
                Options = new SegmentOptions
                {
                    WindowScale = header.TryGetProperty("window_scale", out JsonElement scale) ? Math.Clamp(scale.GetInt32(), 0, 14) : null,
                    Timestamps = header.TryGetProperty("timestamp", out JsonElement value) && header.TryGetProperty("timestamp_echo", out JsonElement echo)
                        ? new SegmentTimestamps(value.GetUInt32(), echo.GetUInt32())
                        : null,
                    Sack = blocks,
                },
            };
            int payload = data.TryGetProperty("raw", out JsonElement raw) && raw.TryGetProperty("payload_length", out JsonElement length) ? Math.Clamp(length.GetInt32(), 0, ushort.MaxValue) : 0;
            SegmentRecord record = _builder.Add(at, sent, read, payload);
            if (sent && header.TryGetProperty("packet_number", out JsonElement packet))
            {
                _transmissions[packet.GetInt64()] = record;
            }
        }

        private void TakeLoss(TimeSpan at, JsonElement data)
        {
            if (data.GetProperty("header").TryGetProperty("packet_number", out JsonElement number) && _transmissions.TryGetValue(number.GetInt64(), out SegmentRecord? sent))
            {
                string why = data.TryGetProperty("trigger", out JsonElement trigger) ? trigger.GetString() ?? "" : "";
                _lost.Add(new LostSegment(sent.At, Instant.FromOrigin(at), sent.Start, sent.End, string.Create(CultureInfo.InvariantCulture, $"{sent.Kind} {sent.Start}–{sent.End} taken for lost at {at.TotalSeconds:F6} s ({why})")));
            }
        }

        // Only what changed stands there.
        private void TakeMetrics(TimeSpan at, JsonElement data)
        {
            TimeSpan? Duration(string name, TimeSpan? before) => data.TryGetProperty(name, out JsonElement value) ? TimeSpan.FromMilliseconds(Math.Clamp(value.GetDouble(), 0, 1e9)) : before;
            long Size(string name, long before) => data.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : before;
            _metrics = _metrics with
            {
                MinRoundTrip = Duration("min_rtt", _metrics.MinRoundTrip),
                SmoothedRoundTrip = Duration("smoothed_rtt", _metrics.SmoothedRoundTrip),
                LatestRoundTrip = Duration("latest_rtt", _metrics.LatestRoundTrip),
                RoundTripVariation = Duration("rtt_variance", _metrics.RoundTripVariation) ?? TimeSpan.Zero,
                CongestionWindow = Size("congestion_window", _metrics.CongestionWindow),
                InFlight = Size("bytes_in_flight", _metrics.InFlight),
                SlowStartThreshold = data.TryGetProperty("ssthresh", out JsonElement threshold) ? threshold.GetInt64() : _metrics.SlowStartThreshold,
                SendWindow = Size("send_window", _metrics.SendWindow),
                SegmentSize = (int)Math.Clamp(Size("segment_size", _metrics.SegmentSize), 0, ushort.MaxValue),
            };
            _samples.Add(new FlowSample(Instant.FromOrigin(at), _metrics));
        }
    }
}
