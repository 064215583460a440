using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NetLab.Host.Measurement;
using NetLab.Host.Services;

namespace NetLab.Host.Http;

/// <summary>What the lab offers over HTTP: its services and its measurements, as resources.</summary>
/// <param name="services">Its services.</param>
/// <param name="runs">Its measurements.</param>
/// <param name="readRun">Understands what a measurement is asked for with.</param>
/// <param name="page">Where the page for people is, to which a browser that asks for <c>/</c> is sent on; null if there is none.</param>
internal sealed class LabApi(LabServices services, LabRuns runs, Func<string[], PerfComparison> readRun, string? page = null)
{
    /// <summary>Maps the resources.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        var all = new ServiceResource(services);
        var backends = new BackendResource(services);
        var measured = new RunResource(runs, readRun, services.Events);
        routes.MapMethods("/", ["GET", "HEAD"], context =>
        {
            if (page is not null && RequestBody.WantsPage(context.Request))
            {
                return Results.Redirect(page).ExecuteAsync(context);
            }

            RequestBody.RequireJson(context.Request);
            return JsonAnswer.Of(Describe(), LabJson.Readable.LabDocument).ExecuteAsync(context);
        });
        Read(routes, "/openapi.json", _ => new OpenApi());
        routes.MapMethods("/events", ["GET", "HEAD"], context => new EventStream(services.Events).ExecuteAsync(context));
        Read(routes, "/services", _ => all.List());
        Change(routes, "POST", "/services", all.CreateAsync);
        Read(routes, "/services/{name}", context => all.Get(Name(context)));
        Change(routes, "PUT", "/services/{name}", context => all.PutAsync(context, Name(context)));
        Change(routes, "PATCH", "/services/{name}", context => all.PatchAsync(context, Name(context)));
        Change(routes, "DELETE", "/services/{name}", context => all.DeleteAsync(context, Name(context)));
        Read(routes, "/services/{name}/backends", context => backends.List(Name(context)));
        Read(routes, "/services/{name}/backends/{backend}", context => backends.Get(Name(context), Backend(context)));
        Change(routes, "PATCH", "/services/{name}/backends/{backend}", context => backends.PatchAsync(context, Name(context), Backend(context)));
        Read(routes, "/runs", _ => measured.List());
        Change(routes, "POST", "/runs", measured.CreateAsync);
        Read(routes, "/runs/{name}", context => measured.Get(Name(context)));
        Read(routes, "/runs/{name}/saved", context => measured.GetSaved(Name(context)));
        Change(routes, "DELETE", "/runs/{name}", context => measured.DeleteAsync(Name(context)));
    }

    private LabDocument Describe() => new(Version, "/services", "/runs", "/events", "/metrics", "/openapi.json") { Memory = MemoryDocument.Of(services.Memory) };

    private static string Version => typeof(LabApi).Assembly.GetName().Version?.ToString(3) ?? "";

    private static string Name(HttpContext context) => (string)context.GetRouteValue("name")!;

    private static string Backend(HttpContext context) => (string)context.GetRouteValue("backend")!;

    private static void Read(IEndpointRouteBuilder routes, string pattern, Func<HttpContext, IResult> read) =>
        Map(routes, ["GET", "HEAD"], pattern, context => Task.FromResult(read(context)));

    private static void Change(IEndpointRouteBuilder routes, string method, string pattern, Func<HttpContext, Task<IResult>> change) =>
        Map(routes, [method], pattern, change);

    private static void Map(IEndpointRouteBuilder routes, string[] methods, string pattern, Func<HttpContext, Task<IResult>> answer)
    {
        RequestDelegate handler = async context =>
        {
            RequestBody.RequireJson(context.Request);
            IResult result = await answer(context).ConfigureAwait(false);
            await result.ExecuteAsync(context).ConfigureAwait(false);
        };
        routes.MapMethods(pattern, methods, handler);
    }
}
