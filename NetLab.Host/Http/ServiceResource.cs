using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NetLab.Host.Services;
using NetLab.Host.Settings;

namespace NetLab.Host.Http;

/// <summary>
/// <c>/services</c>: GET lists them, POST adds one; <c>/services/NAME</c>: GET shows, PUT makes it what is said, PATCH changes a part of
/// it (RFC 7396), DELETE takes it away. Those of kind http are the configuration's: who changes them would cut off his own answer.
/// </summary>
internal sealed class ServiceResource(LabServices services)
{
    private static readonly string[] Members = ["name", "kind", "address", "target", "link", "congestion", "restart", "zone", "zone_file", "policy", "health", "running"];

    /// <summary>All services.</summary>
    public IResult List() =>
        JsonAnswer.Of<IReadOnlyList<ServiceDocument>>([.. services.All.Select(ServiceDocument.Of)], LabJson.Readable.IReadOnlyListServiceDocument);

    /// <summary>One service.</summary>
    public IResult Get(string name) => JsonAnswer.Of(ServiceDocument.WithCountsOf(Find(name)), LabJson.Readable.ServiceDocument);

    /// <summary>Adds one: 201, and where it is.</summary>
    public async Task<IResult> CreateAsync(HttpContext context)
    {
        JsonObject body = await RequestBody.ReadObjectAsync(context.Request).ConfigureAwait(false);
        return await AddAsync(context, DefinitionIn(body), RunningIn(body)).ConfigureAwait(false);
    }

    /// <summary>Makes a service what is said: 200, or 201 if there was none of this name.</summary>
    public async Task<IResult> PutAsync(HttpContext context, string name)
    {
        JsonObject body = await RequestBody.ReadObjectAsync(context.Request).ConfigureAwait(false);
        if (body["name"] is null)
        {
            body["name"] = name;
        }

        ServiceDefinition definition = DefinitionIn(body);
        if (definition.Name != name)
        {
            throw new ProblemException(Problem.BadRequest($"name '{definition.Name}' is not the '{name}' of the path"));
        }

        return services.Find(name) is { } service
            ? await ReplaceAsync(context, service, _ => (definition, RunningIn(body))).ConfigureAwait(false)
            : await AddAsync(context, definition, RunningIn(body)).ConfigureAwait(false);
    }

    /// <summary>Changes what is said, and leaves the rest.</summary>
    public async Task<IResult> PatchAsync(HttpContext context, string name)
    {
        LabService service = Find(name);
        JsonObject changes = await RequestBody.ReadObjectAsync(context.Request).ConfigureAwait(false);
        return await ReplaceAsync(context, service, present => Merged(present, changes)).ConfigureAwait(false);
    }

    /// <summary>Takes one away: 204.</summary>
    public async Task<IResult> DeleteAsync(HttpContext context, string name)
    {
        LabService service = Find(name);
        RefuseFixed(service.Definition);
        await services.RemoveAsync(service, context.RequestAborted).ConfigureAwait(false);
        return Results.NoContent();
    }

    private LabService Find(string name) => services.Find(name) ?? throw new ProblemException(Problem.NotFound($"there is no service '{name}'"));

    private async Task<IResult> AddAsync(HttpContext context, ServiceDefinition definition, bool isRunning)
    {
        RefuseFixed(definition);
        LabService service = await services.AddAsync(definition, isRunning, context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers.Location = $"/services/{definition.Name}";
        return JsonAnswer.Of(ServiceDocument.Of(service), LabJson.Readable.ServiceDocument, StatusCodes.Status201Created);
    }

    private async Task<IResult> ReplaceAsync(HttpContext context, LabService service, Func<LabService, (ServiceDefinition Definition, bool IsRunning)> change)
    {
        RefuseFixed(service.Definition);
        await services.ReplaceAsync(
            service,
            present =>
            {
                (ServiceDefinition definition, bool isRunning) = change(present);
                RefuseFixed(definition);
                return (definition, isRunning);
            },
            context.RequestAborted).ConfigureAwait(false);
        return JsonAnswer.Of(ServiceDocument.Of(service), LabJson.Readable.ServiceDocument);
    }

    // RFC 7396: what is said replaces what was there, null takes it away, and the rest stays.
    private static (ServiceDefinition Definition, bool IsRunning) Merged(LabService service, JsonObject changes)
    {
        JsonObject body = JsonSerializer.SerializeToNode(ServiceDocument.Of(service), LabJson.Readable.ServiceDocument)!.AsObject();

        foreach (string member in body.Select(m => m.Key).Where(m => !Members.Contains(m)).ToList())
        {
            body.Remove(member);
        }

        // As it was asked for: a port that the system chose may be another one next time.
        body["address"] = service.Definition.Address;
        foreach ((string member, JsonNode? value) in changes)
        {
            body[member] = value?.DeepClone();
        }

        ServiceDefinition definition = DefinitionIn(body, saysLink: changes.ContainsKey("link"), saysFile: changes.ContainsKey("zone_file"));
        return definition.Name == service.Definition.Name
            ? (definition, RunningIn(body))
            : throw new ProblemException(Problem.BadRequest("name: a service keeps its name"));
    }

    private void RefuseFixed(ServiceDefinition definition)
    {
        if (services.IsFixed(definition))
        {
            throw new ProblemException(Problem.Conflict($"'{definition.Name}': services of kind {definition.Kind} are changed by the configuration"));
        }
    }

    private static ServiceDefinition DefinitionIn(JsonObject body, bool saysLink = true, bool saysFile = true)
    {
        foreach ((string member, JsonNode? _) in body)
        {
            if (!Members.Contains(member))
            {
                throw new ProblemException(Problem.BadRequest($"unknown member '{member}': a service has {string.Join(", ", Members)}"));
            }
        }

        if (saysLink && Text(body, "link") is { } link)
        {
            // Whoever asks over HTTP must not make this machine read its files.
            LinkText.Parse(link, mayNameFiles: false);
        }

        if (saysFile && Text(body, "zone_file") is not null)
        {
            throw new ProblemException(Problem.BadRequest("zone_file: the configuration alone names files; zone has the lines of one"));
        }

        return new ServiceDefinition(Required(body, "name"), Required(body, "kind"), Required(body, "address"), Text(body, "target"), Text(body, "link"))
        {
            Congestion = Text(body, "congestion"),
            Restart = Truth(body, "restart", otherwise: false),
            Zone = Lines(body, "zone"),
            ZoneFile = Text(body, "zone_file"),
            Policy = Text(body, "policy"),
            Health = Text(body, "health"),
        };
    }

    private static bool RunningIn(JsonObject body) => Truth(body, "running", otherwise: true);

    private static bool Truth(JsonObject body, string member, bool otherwise) => body[member] switch
    {
        null => otherwise,
        JsonValue value when value.TryGetValue(out bool truth) => truth,
        _ => throw new ProblemException(Problem.BadRequest($"{member}: true or false")),
    };

    private static string Required(JsonObject body, string member) =>
        Text(body, member) ?? throw new ProblemException(Problem.BadRequest($"{member}: is missing"));

    private static string? Lines(JsonObject body, string member) => body[member] switch
    {
        null => null,
        JsonArray lines when lines.All(l => l is JsonValue value && value.TryGetValue(out string? _)) => string.Join('\n', lines.Select(l => (string?)l)),
        _ => throw new ProblemException(Problem.BadRequest($"{member}: a list of strings")),
    };

    private static string? Text(JsonObject body, string member) => body[member] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => throw new ProblemException(Problem.BadRequest($"{member}: a string")),
    };
}
