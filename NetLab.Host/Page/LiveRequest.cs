using System.Text.Json;
using NetLab.Host.Http;
using NetLab.Host.Live;
using NetLab.Udp.Links;

namespace NetLab.Host.Page;

/// <summary>What a request says of a live transfer, read out of its document.</summary>
internal static class LiveRequest
{
    private static readonly Dictionary<string, LinkEffects> Acts = new()
    {
        ["drop"] = LinkEffects.ScriptedDrop,
        ["copy"] = LinkEffects.Duplicated,
        ["hold"] = LinkEffects.HeldBack,
        ["damage"] = LinkEffects.Corrupted,
    };

    /// <summary>The settings of a transfer.</summary>
    /// <exception cref="ProblemException">400: a member is something else than it has to be.</exception>
    public static LiveSettings Settings(JsonElement body) => new(
        Text(Object(body), "link") ?? "delay=20ms",
        Text(body, "schedule") is { Length: > 0 } schedule ? schedule : null,
        Text(body, "congestion") ?? "cubic",
        (int)Math.Min(int.MaxValue, Number(body, "bytes", 64 << 10)),
        body.TryGetProperty("seed", out _) ? (ulong)Number(body, "seed", 0) : null);

    /// <summary>What is to be done to one datagram: <c>{ "from": "a", "number": 20, "act": "drop" }</c>, with <c>"hold_ms"</c> for a hold.</summary>
    /// <exception cref="ProblemException">400: it makes no sense.</exception>
    public static (bool FromClient, LinkIntervention Intervention) Intervention(JsonElement body)
    {
        bool fromClient = Text(Object(body), "from") switch
        {
            "a" => true,
            "b" => false,
            _ => throw new ProblemException(Problem.BadRequest("from: a or b")),
        };
        if (Text(body, "act") is not { } act || !Acts.TryGetValue(act, out LinkEffects effect))
        {
            throw new ProblemException(Problem.BadRequest($"act: {string.Join(", ", Acts.Keys)}"));
        }

        long hold = effect == LinkEffects.HeldBack ? Number(body, "hold_ms", 0) : 0;
        var intervention = new LinkIntervention(Number(body, "number", 0), effect, TimeSpan.FromMilliseconds(Math.Min(hold, 1L << 40)));
        return intervention.Validate() is { } wrong ? throw new ProblemException(Problem.BadRequest(wrong)) : (fromClient, intervention);
    }

    /// <summary>A text that must be there.</summary>
    /// <exception cref="ProblemException">400: it is not.</exception>
    public static string RequiredText(JsonElement body, string name) => Text(Object(body), name) ?? throw new ProblemException(Problem.BadRequest($"{name}: a text"));

    /// <summary>A text, or null if there is none.</summary>
    /// <exception cref="ProblemException">400: it is something else.</exception>
    public static string? Text(JsonElement body, string name) => !body.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new ProblemException(Problem.BadRequest($"{name}: a text"));

    private static long Number(JsonElement body, string name, long otherwise) => !body.TryGetProperty(name, out JsonElement value) ? otherwise
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= 0 ? number
        : throw new ProblemException(Problem.BadRequest($"{name}: a whole number"));

    private static JsonElement Object(JsonElement body) => body.ValueKind == JsonValueKind.Object
        ? body
        : throw new ProblemException(Problem.BadRequest("the body is an object"));
}
