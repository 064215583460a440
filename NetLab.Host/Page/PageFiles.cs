using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace NetLab.Host.Page;

/// <summary>What the browser gets: the files of <c>Assets/</c>, embedded.</summary>
internal static class PageFiles
{
    private const string Prefix = "page/";

    private static readonly FrozenDictionary<string, PageFile> All = Load();

    /// <summary>The names of the files and their bytes in all.</summary>
    public static (IEnumerable<string> Names, int Bytes) Summary => (All.Keys, All.Values.Sum(f => f.Content.Length));

    /// <summary>Maps them, the page itself at the root.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach ((string name, PageFile file) in All)
        {
            RequestDelegate answer = context => name == "index.html" && !context.Request.Path.Value!.EndsWith('/') ? Redirect(context) : WriteAsync(context, file);
            routes.MapMethods(name == "index.html" ? "/" : "/" + name, ["GET", "HEAD"], answer);
        }
    }

    // What the page asks for is beside it: without the slash that would be beside its folder.
    private static Task Redirect(HttpContext context)
    {
        context.Response.Redirect(context.Request.PathBase + context.Request.Path + "/");
        return Task.CompletedTask;
    }

    private static async Task WriteAsync(HttpContext context, PageFile file)
    {
        PageGuard.Restrict(context.Response);
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.ETag = file.Tag;
        if (context.Request.Headers.IfNoneMatch == file.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = file.ContentType;
        context.Response.ContentLength = file.Content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(file.Content, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static FrozenDictionary<string, PageFile> Load()
    {
        Assembly assembly = typeof(PageFiles).Assembly;
        var files = new Dictionary<string, PageFile>();
        foreach (string resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using Stream stream = assembly.GetManifestResourceStream(resource)!;
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            string name = resource[Prefix.Length..];
            files.Add(name, new PageFile(content, TypeOf(name), $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\""));
        }

        return files.ToFrozenDictionary();
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };

    private sealed record PageFile(byte[] Content, string ContentType, string Tag);
}
