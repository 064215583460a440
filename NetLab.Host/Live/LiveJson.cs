using System.Buffers;
using System.Text;
using System.Text.Json;
using NetLab.Host.Experiments.Networks;
using NetLab.Tcp.Counters;

namespace NetLab.Host.Live;

/// <summary>Segments and samples of a transfer as the page reads them: times in seconds since it began, sizes in bytes, round trips in milliseconds.</summary>
internal static class LiveJson
{
    /// <summary>A document as a text in one line.</summary>
    public static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes a segment, and what befell it as far as that is known.</summary>
    public static void Write(Utf8JsonWriter json, LiveSegment s)
    {
        json.WriteStartObject();
        json.WriteString("from", s.FromClient ? "a" : "b");
        json.WriteString("kind", s.Kind);
        json.WriteNumber("ordinal", s.Ordinal);
        json.WriteNumber("number", s.Number);
        json.WriteNumber("sent", s.SentAt.SinceOrigin.TotalSeconds);
        json.WriteNumber("seq", s.Start);
        json.WriteNumber("ack", s.Acknowledged);
        json.WriteNumber("len", s.PayloadLength);
        json.WriteNumber("window", s.Header.Window);
        json.WriteNumber("sack", s.Header.Options.Sack.Count);
        if (s.IsRetransmission)
        {
            json.WriteBoolean("again", true);
        }

        if (s.Outcome is { } outcome)
        {
            json.WriteNumber("left", outcome.DecidedAt.SinceOrigin.TotalSeconds);
            json.WriteNumber("found", outcome.FoundBytes);
            if (s.ArrivedAt is { } at)
            {
                json.WriteNumber("arrives", at.SinceOrigin.TotalSeconds);
            }
            else
            {
                json.WriteBoolean("dropped", true);
            }

            if (LiveLog.NamesOf(outcome.Effects).ToList() is { Count: > 0 } names)
            {
                json.WriteString("fate", string.Join(", ", names));
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Writes what an end knew of the path.</summary>
    public static void Write(Utf8JsonWriter json, FlowSample sample)
    {
        ConnectionMetrics m = sample.Metrics;
        json.WriteStartObject();
        json.WriteNumber("at", sample.At.SinceOrigin.TotalSeconds);
        json.WriteNumber("cwnd", m.CongestionWindow);
        if (m.SlowStartThreshold is { } threshold)
        {
            json.WriteNumber("ssthresh", threshold);
        }

        json.WriteNumber("in_flight", m.InFlight);
        json.WriteNumber("snd_wnd", m.SendWindow);
        if (m.SmoothedRoundTrip is { } trip)
        {
            json.WriteNumber("srtt", trip.TotalMilliseconds);
        }

        json.WriteNumber("rto", m.RetransmissionTimeout.TotalMilliseconds);
        if (m.InRecovery)
        {
            json.WriteBoolean("repairs", true);
        }

        json.WriteEndObject();
    }
}
