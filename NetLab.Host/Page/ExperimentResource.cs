using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using NetLab.Host.Experiments;
using NetLab.Host.Experiments.Course;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Reports;
using NetLab.Host.Http;

namespace NetLab.Host.Page;

/// <summary>The experiments of <c>nlab lab</c>: <c>experiments</c> lists them, a POST to <c>experiments/NAME</c> runs one.</summary>
internal sealed class ExperimentResource : IDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    // They take all of a processor: one at a time, and who asks next waits.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>All of them.</summary>
    public static Task ListAsync(HttpContext context) => PageAnswer.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("experiments");
        JsonSerializer.Serialize(json, ExperimentCatalog.All.Select(ExperimentDocument.Of), Json);
        json.WriteEndObject();
    });

    /// <summary>Runs one, with <c>{ "seed", "settings": { NAME: VALUE }, "break": WHAT }</c>; ends early when whoever asked goes.</summary>
    public async Task RunAsync(HttpContext context)
    {
        string name = (string)context.Request.RouteValues["name"]!;
        Experiment experiment = ExperimentCatalog.Find(name) ?? throw new ProblemException(Problem.NotFound($"there is no experiment '{name}'"));
        using JsonDocument body = await CaptureResource.ReadJsonAsync(context).ConfigureAwait(false);
        (ulong seed, Dictionary<string, string> settings, Mutation? mutation) = Read(experiment, body.RootElement);
        if (ExperimentRunner.Wrong(experiment, settings) is { } wrong)
        {
            throw new ProblemException(Problem.BadRequest(wrong));
        }

        ExperimentResult result;
        await _turn.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        try
        {
            result = await Task.Run(() => ExperimentRunner.Run(experiment, seed, settings, mutation: mutation, cancellationToken: context.RequestAborted), context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        await PageAnswer.WriteAsync(context, json => Write(json, result)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static void Write(Utf8JsonWriter json, ExperimentResult result)
    {
        json.WriteStartObject();
        json.WritePropertyName("result");
        JsonSerializer.Serialize(json, ExperimentDocument.Of([result], result.Laws, []), Json);
        json.WriteStartArray("pictures");
        foreach (Picture picture in result.Pictures)
        {
            json.WriteStartObject();
            json.WriteString("name", picture.Name);
            json.WriteString("title", picture.Figure.Title);
            json.WriteString("svg", picture.Figure.ToSvg());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("ladders");
        foreach ((string title, IReadOnlyList<string> lines) in result.Ladders)
        {
            json.WriteStartObject();
            json.WriteString("title", title);
            json.WriteString("text", string.Join('\n', lines));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static (ulong Seed, Dictionary<string, string> Settings, Mutation? Mutation) Read(Experiment experiment, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw new ProblemException(Problem.BadRequest("the body is an object with seed, settings and break, each of which may be left out"));
        }

        ulong seed = 1;
        if (body.TryGetProperty("seed", out JsonElement number) && !(number.ValueKind == JsonValueKind.Number && number.TryGetUInt64(out seed)))
        {
            throw new ProblemException(Problem.BadRequest("seed: a whole number"));
        }

        var settings = new Dictionary<string, string>();
        if (body.TryGetProperty("settings", out JsonElement set))
        {
            foreach (JsonProperty member in set.ValueKind == JsonValueKind.Object ? set.EnumerateObject() : throw new ProblemException(Problem.BadRequest("settings: an object")))
            {
                settings[member.Name] = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText();
            }
        }

        Mutation? mutation = null;
        if (body.TryGetProperty("break", out JsonElement broken) && broken.ValueKind == JsonValueKind.String && broken.GetString() is { Length: > 0 } words)
        {
            mutation = experiment.Mutations.FirstOrDefault(m => m.Name == words)
                ?? throw new ProblemException(Problem.BadRequest(string.Create(CultureInfo.InvariantCulture, $"break: {experiment.Name} has {experiment.Mutations.Count} mutations, and '{words}' is none of them")));
        }

        return (seed, settings, mutation);
    }
}
