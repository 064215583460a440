using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using NetLab.Host.Services;

namespace NetLab.Host.Http;

/// <summary>
/// <c>/events</c>: what happens in the lab, as server-sent events (HTML, 9.2), until the client goes. A client that comes back says in
/// <c>Last-Event-ID</c> what it knows already, and is told what it missed, as far as it is remembered.
/// </summary>
internal sealed class EventStream(LabEvents events) : IResult
{
    private const string MediaType = "text/event-stream";

    // Less than what proxies commonly allow an answer to be silent.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        IList<MediaTypeHeaderValue> accepted = httpContext.Request.GetTypedHeaders().Accept;
        if (accepted.Count > 0 && !accepted.Any(a => a.MatchesMediaType(MediaType) && a.Quality != 0))
        {
            throw new ProblemException(Problem.NotAcceptable(MediaType));
        }

        long? after = null;
        if (httpContext.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } id])
        {
            after = long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long known)
                ? known
                : throw new ProblemException(Problem.BadRequest($"Last-Event-ID '{id}': a number that an event had"));
        }

        httpContext.Response.ContentType = MediaType;
        httpContext.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(httpContext.Request.Method))
        {
            return;
        }

        CancellationToken gone = httpContext.RequestAborted;
        await WriteAsync(httpContext, ": listening\n\n").ConfigureAwait(false);
        IAsyncEnumerator<LabEvent> next = events.ListenAsync(after, gone).GetAsyncEnumerator(gone);
        await using (next.ConfigureAwait(false))
        {
            try
            {
                Task<bool> waiting = next.MoveNextAsync().AsTask();
                while (true)
                {
                    if (await Task.WhenAny(waiting, Task.Delay(Heartbeat, gone)).ConfigureAwait(false) != waiting)
                    {
                        gone.ThrowIfCancellationRequested();
                        await WriteAsync(httpContext, ":\n\n").ConfigureAwait(false);
                        continue;
                    }

                    if (!await waiting.ConfigureAwait(false))
                    {
                        return;
                    }

                    LabEvent happened = next.Current;
                    string data = JsonSerializer.Serialize(happened, LabJson.Line.LabEvent);
                    await WriteAsync(httpContext, string.Create(CultureInfo.InvariantCulture, $"id: {happened.Number}\nevent: {happened.Kind}\ndata: {data}\n\n")).ConfigureAwait(false);
                    waiting = next.MoveNextAsync().AsTask();
                }
            }
            catch (OperationCanceledException) when (gone.IsCancellationRequested)
            {
                // The client has gone: the ordinary end.
            }
        }
    }

    private static async Task WriteAsync(HttpContext context, string text)
    {
        await context.Response.WriteAsync(text, context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
