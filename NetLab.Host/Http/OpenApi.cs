using System.Text;
using Microsoft.AspNetCore.Http;

namespace NetLab.Host.Http;

/// <summary><c>/openapi.json</c>: the lab over HTTP as tools read it (OpenAPI 3.1).</summary>
internal sealed class OpenApi : IResult
{
    private const string Resource = "NetLab.Host.Http.openapi.json";
    private const string Placeholder = "VERSION";

    private static readonly Lazy<byte[]> Document = new(Read);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json";
        httpContext.Response.ContentLength = Document.Value.Length;
        await httpContext.Response.Body.WriteAsync(Document.Value, httpContext.RequestAborted).ConfigureAwait(false);
    }

    private static byte[] Read()
    {
        using var reader = new StreamReader(typeof(OpenApi).Assembly.GetManifestResourceStream(Resource)!);
        return Encoding.UTF8.GetBytes(reader.ReadToEnd().Replace(Placeholder, typeof(OpenApi).Assembly.GetName().Version?.ToString(3), StringComparison.Ordinal));
    }
}
