using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NetLab.Host.Http;
using NetLab.Host.Live;
using NetLab.Udp.Links;

namespace NetLab.Host.Page;

/// <summary>
/// The live lab on real sockets: a POST to <c>live/sessions</c> begins a transfer through a relay of this process, <c>live/sessions/3/events</c> tells of it as
/// server-sent events from its beginning, a PUT to <c>live/sessions/3/link</c> changes the link, a POST to <c>live/sessions/3/acts</c> does something to one
/// datagram, and a DELETE ends it.
/// </summary>
/// <param name="sessions">Those that are open.</param>
internal sealed class LiveSessionResource(LiveSessions sessions)
{
    /// <summary>Begins one, with the settings of <c>live</c> but a schedule, and <c>"transport": "tcp"</c> or <c>"udp"</c>.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        using JsonDocument body = await CaptureResource.ReadJsonAsync(context).ConfigureAwait(false);
        LiveSettings settings = LiveRequest.Settings(body.RootElement).Validated();
        bool overUdp = LiveRequest.Text(body.RootElement, "transport") switch
        {
            null or "tcp" => false,
            "udp" => true,
            _ => throw new ProblemException(Problem.BadRequest("transport: tcp or udp")),
        };
        LiveSession session;
        try
        {
            session = sessions.Start(settings, overUdp)
                ?? throw new ProblemException(Problem.Conflict($"{LiveSessions.MaxOpen} sessions are under way, and no more"));
        }
        catch (SocketException error)
        {
            throw new ProblemException(Problem.Conflict($"there is no socket for a session: {error.Message}"));
        }

        context.Response.Headers.Location = $"live/sessions/{session.Id}";
        await PageAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("id", session.Id);
            json.WriteString("command", settings.Command);
            json.WriteEndObject();
        }, StatusCodes.Status201Created).ConfigureAwait(false);
    }

    /// <summary>Tells all that happens in one, until it is over.</summary>
    public async Task EventsAsync(HttpContext context)
    {
        LiveSession session = Get(context);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        await foreach (LiveUpdate update in session.Updates.WatchAsync(context.RequestAborted).ConfigureAwait(false))
        {
            await context.Response.WriteAsync($"event: {update.Kind}\ndata: {update.Json}\n\n", context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Changes the link: <c>{ "link": "delay=80ms" }</c>, the whole of it.</summary>
    public async Task LinkAsync(HttpContext context)
    {
        LiveSession session = Get(context);
        using JsonDocument body = await CaptureResource.ReadJsonAsync(context).ConfigureAwait(false);
        session.Change(LiveRequest.RequiredText(body.RootElement, "link"));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Does something to one datagram; see <see cref="LiveRequest.Intervention"/>.</summary>
    public async Task ActAsync(HttpContext context)
    {
        LiveSession session = Get(context);
        using JsonDocument body = await CaptureResource.ReadJsonAsync(context).ConfigureAwait(false);
        (bool fromClient, LinkIntervention intervention) = LiveRequest.Intervention(body.RootElement);
        if (!await session.InterveneAsync(fromClient, intervention).ConfigureAwait(false))
        {
            throw new ProblemException(Problem.Conflict($"datagram {intervention.Ordinal} has left the link already"));
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Ends one.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        await sessions.EndAsync(Get(context)).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private LiveSession Get(HttpContext context)
    {
        long id = PageQuery.Path(context);
        return sessions.Find(id) ?? throw new ProblemException(Problem.NotFound($"there is no session {id}"));
    }
}
