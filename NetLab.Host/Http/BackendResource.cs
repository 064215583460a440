using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NetLab.Host.Backends;
using NetLab.Host.Services;

namespace NetLab.Host.Http;

/// <summary><c>/services/NAME/backends</c>: GET shows a balancer's backends; PATCH of one of them takes it out (<c>{ "out": true }</c>) or puts it back.</summary>
internal sealed class BackendResource(LabServices services)
{
    /// <summary>All of a balancer's.</summary>
    public IResult List(string service) => JsonAnswer.Of(PoolOf(service).States, LabJson.Readable.IReadOnlyListBackendState);

    /// <summary>One of them.</summary>
    public IResult Get(string service, string backend) =>
        JsonAnswer.Of(PoolOf(service).States.FirstOrDefault(s => s.Backend == backend) ?? throw Missing(service, backend), LabJson.Readable.BackendState);

    /// <summary>Takes one out, or puts it back.</summary>
    public async Task<IResult> PatchAsync(HttpContext context, string service, string backend)
    {
        BackendPool pool = PoolOf(service);
        JsonObject body = await RequestBody.ReadObjectAsync(context.Request).ConfigureAwait(false);
        if (body.Count != 1 || body["out"] is not JsonValue value || !value.TryGetValue(out bool isOut))
        {
            throw new ProblemException(Problem.BadRequest("of a backend, out can be changed: true or false"));
        }

        return JsonAnswer.Of(pool.SetOut(backend, isOut) ?? throw Missing(service, backend), LabJson.Readable.BackendState);
    }

    private static ProblemException Missing(string service, string backend) => new(Problem.NotFound($"'{service}' has no backend '{backend}'"));

    private BackendPool PoolOf(string service) => services.Find(service) switch
    {
        null => throw new ProblemException(Problem.NotFound($"there is no service '{service}'")),
        { Running.Backends: { } pool } => pool,
        { Running: null } => throw new ProblemException(Problem.Conflict($"'{service}' does not run")),
        _ => throw new ProblemException(Problem.NotFound($"'{service}' is no balancer")),
    };
}
