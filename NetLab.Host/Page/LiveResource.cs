using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Live;

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
        LiveSettings settings = LiveRequest.Settings(body.RootElement).Validated();
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
            LiveJson.Write(json, s);
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
            LiveJson.Write(json, sample);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
