using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NetLab.Host.Http;
using NetLab.Host.Live;
using NetLab.Host.Measurement;

namespace NetLab.Host.Page;

/// <summary>The page and what it asks: resources that programs may ask for as well.</summary>
/// <param name="guard">Who may ask.</param>
/// <param name="captures">The captures that are open.</param>
/// <param name="runs">The measurements that are asked for over HTTP.</param>
/// <param name="live">The sessions of the live lab on real sockets.</param>
/// <param name="readRun">Understands the options of <c>nlab perf</c>, which those of a measurement are.</param>
internal sealed class PageApi(PageGuard guard, OpenCaptures captures, LabRuns runs, LiveSessions live, Func<string[], PerfComparison> readRun)
{
    /// <summary>Maps the files and the resources.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        PageFiles.Map(routes);
        MapCaptures(routes);
        var experiments = new ExperimentResource();
        Read(routes, "/experiments", ExperimentResource.ListAsync);
        Change(routes, "POST", "/experiments/{name}", experiments.RunAsync);
        MapLive(routes);
        MapMeasurements(routes);
    }

    private void MapLive(IEndpointRouteBuilder routes)
    {
        var sessions = new LiveSessionResource(live);
        Change(routes, "POST", "/live", LiveResource.RunAsync);
        Change(routes, "POST", "/live/sessions", sessions.CreateAsync);
        Change(routes, "DELETE", "/live/sessions/{number}", sessions.DeleteAsync);
        Read(routes, "/live/sessions/{number}/events", sessions.EventsAsync);
        Change(routes, "PUT", "/live/sessions/{number}/link", sessions.LinkAsync);
        Change(routes, "POST", "/live/sessions/{number}/acts", sessions.ActAsync);
    }

    private void MapMeasurements(IEndpointRouteBuilder routes)
    {
        var measured = new RunResource(runs, readRun);
        var measurements = new MeasurementResource(runs);
        Read(routes, "/measurements", measurements.ListAsync);
        Change(routes, "POST", "/measurements", measurements.CreateAsync);
        Read(routes, "/measurements/series", measurements.SeriesAsync);
        Read(routes, "/measurements/compare", measurements.CompareAsync);
        Change(routes, "POST", "/runs", async context => await (await measured.CreateAsync(context).ConfigureAwait(false)).ExecuteAsync(context).ConfigureAwait(false));
        Read(routes, "/runs", context => measured.List().ExecuteAsync(context));
        Read(routes, "/runs/{number}", context => measured.Get((string)context.GetRouteValue("number")!).ExecuteAsync(context));
        Change(routes, "DELETE", "/runs/{number}", async context => await (await measured.DeleteAsync((string)context.GetRouteValue("number")!).ConfigureAwait(false)).ExecuteAsync(context).ConfigureAwait(false));
        Read(routes, "/runs/{number}/intervals", measurements.IntervalsAsync);
        Read(routes, "/runs/{number}/saved", measurements.SaveAsync);
    }

    private void MapCaptures(IEndpointRouteBuilder routes)
    {
        var list = new CaptureResource(captures);
        var filters = new FilterResource(captures.Protocols);
        Read(routes, "/captures", list.ListAsync);
        Change(routes, "POST", "/captures", list.CreateAsync);
        Read(routes, "/captures/{number}", list.GetAsync);
        Change(routes, "DELETE", "/captures/{number}", list.DeleteAsync);
        Read(routes, "/frames", context => FrameRows.AnswerAsync(context, Chosen(context)));
        Read(routes, "/frame/{number}", context => AnswerFrameAsync(context, Chosen(context)));
        Change(routes, "PUT", "/frame/{number}/note", list.NoteAsync);
        Read(routes, "/follow/{number}", context => ConversationResource.FollowAsync(context, Chosen(context)));
        Read(routes, "/ladder/{number}", context => ConversationResource.LadderAsync(context, Chosen(context)));
        Read(routes, "/sequence/{number}", context => ConversationResource.SequenceAsync(context, Chosen(context)));
        Read(routes, "/conversations", context => SummaryResource.ConversationsAsync(context, Chosen(context)));
        Read(routes, "/exchanges", context => ExchangeResource.AnswerAsync(context, Chosen(context)));
        Read(routes, "/statistics", context => SummaryResource.StatisticsAsync(context, Chosen(context)));
        Read(routes, "/intervals", context => SummaryResource.IntervalsAsync(context, Chosen(context)));
        Read(routes, "/save", context => PageSave.AnswerAsync(context, Chosen(context)));
        Read(routes, "/check", filters.CheckAsync);
        Read(routes, "/complete", filters.CompleteAsync);
    }

    private static async Task AnswerFrameAsync(HttpContext context, OpenCapture capture)
    {
        long number = PageQuery.Path(context);
        await capture.RequirePacketAsync(number, context.RequestAborted).ConfigureAwait(false);
        await PageAnswer.WriteAsync(context, json => FrameDocument.Write(json, capture, number, context.RequestAborted)).ConfigureAwait(false);
    }

    private OpenCapture Chosen(HttpContext context) =>
        captures.Get(PageQuery.Text(context, "capture") is null ? null : PageQuery.Number(context, "capture", 0, 0, int.MaxValue));

    private void Read(IEndpointRouteBuilder routes, string pattern, Func<HttpContext, Task> answer) => Map(routes, ["GET", "HEAD"], pattern, answer);

    private void Change(IEndpointRouteBuilder routes, string method, string pattern, Func<HttpContext, Task> answer) => Map(routes, [method], pattern, answer);

    private void Map(IEndpointRouteBuilder routes, string[] methods, string pattern, Func<HttpContext, Task> answer)
    {
        RequestDelegate handler = async context =>
        {
            PageGuard.Restrict(context.Response);
            context.Response.Headers.CacheControl = "no-store";
            guard.Check(context);
            try
            {
                await answer(context).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // Whoever asked has gone, and wants something else by now.
            }
        };
        routes.MapMethods(pattern, methods, handler);
    }
}
