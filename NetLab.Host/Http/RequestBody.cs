using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace NetLab.Host.Http;

/// <summary>What a client sends, and what it takes.</summary>
internal static class RequestBody
{
    private const int DeepestNesting = 8;

    /// <summary>Reads a JSON object.</summary>
    /// <exception cref="ProblemException">It is none; says where.</exception>
    public static async Task<JsonObject> ReadObjectAsync(HttpRequest request)
    {
        bool isJson = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));
        if (!isJson)
        {
            throw new ProblemException(Problem.UnsupportedMediaType());
        }

        try
        {
            JsonNode? node = await JsonNode.ParseAsync(
                request.Body, documentOptions: new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false }, cancellationToken: request.HttpContext.RequestAborted).ConfigureAwait(false);
            CheckTexts(node);
            return node as JsonObject ?? throw new ProblemException(Problem.BadRequest("the body is a JSON object"));
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(Problem.BadRequest("the body is no JSON: a text in it is not UTF-8, or half a surrogate pair"));
        }
        catch (JsonException error)
        {
            throw new ProblemException(Problem.BadRequest($"the body is no JSON: {error.Message}"));
        }
    }

    // The parser looks at texts only when they are asked for.
    private static void CheckTexts(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach ((string _, JsonNode? value) in members)
                {
                    CheckTexts(value);
                }

                break;
            case JsonArray items:
                foreach (JsonNode? item in items)
                {
                    CheckTexts(item);
                }

                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                value.GetValue<string>();
                break;
            default:
                break;
        }
    }

    /// <summary>Whether the client is a browser: it names HTML, and JSON not by name.</summary>
    public static bool WantsPage(HttpRequest request)
    {
        IList<MediaTypeHeaderValue> accepted = request.GetTypedHeaders().Accept;
        return accepted.Any(a => a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase) && a.Quality != 0)
            && !accepted.Any(a => a.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Sees that JSON is something the client takes.</summary>
    /// <exception cref="ProblemException">It is not.</exception>
    public static void RequireJson(HttpRequest request)
    {
        IList<MediaTypeHeaderValue> accepted = request.GetTypedHeaders().Accept;

        // What is said of a narrower range counts more (RFC 9110, 12.5.1).
        MediaTypeHeaderValue? best = accepted.Where(a => a.MatchesMediaType("application/json")).OrderBy(a => a.MatchesAllTypes ? 2 : a.MatchesAllSubTypes ? 1 : 0).FirstOrDefault();
        if (accepted.Count > 0 && (best is null || best.Quality == 0))
        {
            throw new ProblemException(Problem.NotAcceptable());
        }
    }
}
