using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Http;
using NetLab.Host.Live;
using NetLab.Tcp.Counters;

namespace NetLab.Host.Page;

/// <summary>
/// The live lab in virtual time: a POST to <c>live</c> with <c>{ "link", "schedule", "congestion", "bytes", "seed" }</c> gives everything that
/// happens in a transfer. Nothing is kept: whoever changes something at a moment asks again, and has the same past.
/// </summary>
internal static class LiveResource
{
    /// <summary>Runs a transfer.</summary>
    public static async Task RunAsync(HttpContext context)
    {
        using JsonDocument body = await CaptureResource.ReadJsonAsync(context).ConfigureAwait(false);
        LiveSettings settings = Read(body.RootElement).Validated();
        LiveTransfer transfer = await Task.Run(() => LiveTransfer.Run(settings, context.RequestAborted), context.RequestAborted).ConfigureAwait(false);
        await PageAnswer.WriteAsync(context, json => Write(json, transfer)).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter json, LiveTransfer transfer)
    {
        json.WriteStartObject();
        json.WriteString("command", transfer.Settings.Command);
        json.WriteNumber("end", transfer.End.TotalSeconds);
        json.WriteNumber("delivered", transfer.Delivered);
        json.WriteBoolean("more", transfer.IsCut);
        json.WriteStartArray("segments");
        foreach (LiveSegment s in transfer.Segments)
        {
            Write(json, s);
        }

        json.WriteEndArray();
        Write(json, "client", transfer.Client);
        Write(json, "server", transfer.Server);
        json.WriteStartArray("log");
        foreach (string line in LiveLog.Of(transfer))
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LiveSegment s)
    {
        json.WriteStartObject();
        json.WriteString("from", s.FromClient ? "a" : "b");
        json.WriteString("kind", s.Kind);
        json.WriteNumber("ordinal", s.Ordinal);
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

    private static void Write(Utf8JsonWriter json, string name, FlowEnd end)
    {
        json.WriteStartObject(name);
        json.WriteStartArray("states");
        foreach ((Udp.Time.Instant at, Tcp.Events.ConnectionState state) in end.States)
        {
            json.WriteStartArray();
            json.WriteNumberValue(at.SinceOrigin.TotalSeconds);
            json.WriteStringValue(LiveLog.StateOf(state));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("samples");
        foreach (FlowSample sample in end.Samples)
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

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static LiveSettings Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw new ProblemException(Problem.BadRequest("the body is an object with link, schedule, congestion, bytes and seed"));
        }

        long bytes = Number("bytes", 64 << 10);
        return new LiveSettings(
            Text("link") ?? "delay=20ms", Text("schedule") is { Length: > 0 } schedule ? schedule : null, Text("congestion") ?? "cubic", (int)Math.Min(int.MaxValue, bytes), (ulong)Number("seed", 1));

        string? Text(string name) => !body.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : throw new ProblemException(Problem.BadRequest($"{name}: a text"));

        long Number(string name, long otherwise) => !body.TryGetProperty(name, out JsonElement value) ? otherwise
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= 0 ? number
            : throw new ProblemException(Problem.BadRequest($"{name}: a whole number"));
    }
}
