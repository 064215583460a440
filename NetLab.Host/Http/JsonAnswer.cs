using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace NetLab.Host.Http;

/// <summary>An answer in JSON, whole: its length is known, and what is small leaves in one segment.</summary>
internal static class JsonAnswer
{
    /// <summary>Writes a document and, as people read it in terminals, the end of its line.</summary>
    public static async Task WriteAsync<T>(HttpContext context, int status, T document, JsonTypeInfo<T> type, string mediaType = "application/json")
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(document, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = json.Length + 1;
        context.Response.BodyWriter.Write(json);
        context.Response.BodyWriter.Write("\n"u8);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The same as a result.</summary>
    public static IResult Of<T>(T document, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) => new Result<T>(document, type, status);

    private sealed class Result<T>(T document, JsonTypeInfo<T> type, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, status, document, type);
    }
}
