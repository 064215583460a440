using System.Text.Json;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Host.Page;

/// <summary>The segments of a TCP stream as columns of numbers, told by the decoder's own fields.</summary>
internal sealed class SequenceColumns : IFieldSink
{
    private readonly List<Segment> _segments = [];
    private readonly List<long> _sack = [];
    private Segment _current = new();

    /// <summary>How many there are.</summary>
    public int Count => _segments.Count;

    bool IFieldSink.WantsHidden => true;

    /// <summary>Takes a packet of the stream.</summary>
    public void Add(ReadOnlySpan<byte> bytes, DecodedPacket decoded)
    {
        if (decoded.Session is not { } session)
        {
            return;
        }

        _sack.Clear();
        _current = new Segment
        {
            Number = decoded.Number,
            Time = decoded.RelativeTime,
            FromClient = session.FromClient,
            Sequence = session.RelativeSequence,
            Acknowledgment = session.RelativeAcknowledgment,
            RoundTrip = session.AcknowledgmentRoundTrip,
            InFlight = session.BytesInFlight,
            Marks = session.Analysis,
        };
        PacketDecoder.Describe(bytes, decoded, this);
        if (_sack.Count > 0)
        {
            _current.Sack = [.. _sack];
        }

        _segments.Add(_current);
    }

    /// <summary>Writes them.</summary>
    public void Write(Utf8JsonWriter json)
    {
        Column(json, "n", s => json.WriteNumberValue(s.Number));
        Column(json, "since", s => json.WriteNumberValue(s.Time));
        Column(json, "from", s => json.WriteStringValue(s.FromClient ? "a" : "b"));
        Column(json, "seq", s => json.WriteNumberValue(s.Sequence));
        Column(json, "len", s => json.WriteNumberValue(s.Length));
        Column(json, "ack", s => json.WriteNumberValue(s.Acknowledgment));
        Column(json, "window", s => json.WriteNumberValue(s.Window));
        Column(json, "rtt", s => Nullable(json, s.RoundTrip));
        Column(json, "in_flight", s => Nullable(json, s.InFlight));
        json.WriteStartArray("sack");
        for (int i = 0; i < _segments.Count; i++)
        {
            if (_segments[i].Sack is { } sack)
            {
                json.WriteStartArray();
                json.WriteNumberValue(i);
                Array.ForEach(sack, json.WriteNumberValue);
                json.WriteEndArray();
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("marks");
        for (int i = 0; i < _segments.Count; i++)
        {
            if (_segments[i].Marks != TcpAnalysisFlags.None)
            {
                json.WriteStartArray();
                json.WriteNumberValue(i);
                foreach (string mark in TcpAnalysisNames.Of(_segments[i].Marks))
                {
                    json.WriteStringValue(mark);
                }

                json.WriteEndArray();
            }
        }

        json.WriteEndArray();
    }

    void IFieldSink.Number(Field field, long value, int offset, int length)
    {
        switch (field.FilterName)
        {
            case "tcp.len":
                _current.Length = value;
                break;
            case "tcp.window_size":
                _current.Window = value;
                break;
            case "tcp.options.sack_le" or "tcp.options.sack_re":
                _sack.Add(value);
                break;
            default:
                break;
        }
    }

    void IFieldSink.Text(Field field, ReadOnlySpan<byte> value, int offset, int length)
    {
    }

    void IFieldSink.Text(Field field, string value, int offset, int length)
    {
    }

    bool IFieldSink.BeginLayer(in LayerEntry entry) => entry.Protocol.Name is "tcp" or "session" && !entry.IsQuoted;

    private static void Nullable(Utf8JsonWriter json, long? value)
    {
        if (value is { } known)
        {
            json.WriteNumberValue(known);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private void Column(Utf8JsonWriter json, string name, Action<Segment> write)
    {
        json.WriteStartArray(name);
        _segments.ForEach(write);
        json.WriteEndArray();
    }

    private sealed class Segment
    {
        public long Number { get; init; }

        public long Time { get; init; }

        public bool FromClient { get; init; }

        public long Sequence { get; init; }

        public long Length { get; set; }

        public long Acknowledgment { get; init; }

        public long Window { get; set; }

        public long? RoundTrip { get; init; }

        public long? InFlight { get; init; }

        public long[]? Sack { get; set; }

        public TcpAnalysisFlags Marks { get; init; }
    }
}
