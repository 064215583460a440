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
            return node as JsonObject ?? throw new ProblemException(Problem.BadRequest("the body is a JSON object"));
        }
        catch (JsonException error)
        {
            throw new ProblemException(Problem.BadRequest($"the body is no JSON: {error.Message}"));
        }
    }

    /// <summary>Sees that JSON is something the client takes.</summary>
    /// <exception cref="ProblemException">It is not.</exception>
    public static void RequireJson(HttpRequest request)
    {
        IList<MediaTypeHeaderValue> accepted = request.GetTypedHeaders().Accept;
        var json = new MediaTypeHeaderValue("application/json");

        // What is said of a narrower range counts more (RFC 9110, 12.5.1).
        MediaTypeHeaderValue? best = accepted.Where(json.IsSubsetOf).OrderBy(a => a.MatchesAllTypes ? 2 : a.MatchesAllSubTypes ? 1 : 0).FirstOrDefault();
        if (accepted.Count > 0 && (best is null || best.Quality == 0))
        {
            throw new ProblemException(Problem.NotAcceptable());
        }
    }
}
