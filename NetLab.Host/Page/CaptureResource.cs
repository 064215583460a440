using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NetLab.Host.Captures;
using NetLab.Host.Http;
using NetLab.Osi.Indexing;

namespace NetLab.Host.Page;

/// <summary>The captures that are open: listed, brought in, closed.</summary>
internal sealed class CaptureResource(OpenCaptures captures)
{
    private const long MaxUpload = 16L << 30;

    /// <summary>All of them.</summary>
    public Task ListAsync(HttpContext context) => PageAnswer.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("captures");
        foreach (OpenCapture capture in captures.All)
        {
            Write(json, capture);
        }

        json.WriteEndArray();
        json.WriteStartArray("waiting");
        foreach (string name in captures.Waiting)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>One of them.</summary>
    public Task GetAsync(HttpContext context) => PageAnswer.WriteAsync(context, json => Write(json, captures.Get(PageQuery.Path(context))));

    /// <summary>Takes in the file that is the request's body.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        string name = SafeName.Of(PageQuery.Text(context, "name"), "capture");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxUpload;
        }

        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        bool isOpen = false;
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                // What somebody captured is nobody else's to read.
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using (var file = new FileStream(path, options))
            {
                await context.Request.Body.CopyToAsync(file, 1 << 20, context.RequestAborted).ConfigureAwait(false);
            }

            OpenCapture capture = captures.Open(name, new CaptureInput(path, captures.Protocols, null, null), path);
            isOpen = true;
            context.Response.Headers.Location = $"captures/{capture.Id}";
            await PageAnswer.WriteAsync(context, json => Write(json, capture), StatusCodes.Status201Created).ConfigureAwait(false);
        }
        finally
        {
            if (!isOpen)
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Closes one.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        await captures.CloseAsync(captures.Get(PageQuery.Path(context))).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.ContentLength = null;
        context.Response.ContentType = "application/json";
    }

    /// <summary>Changes the note on a packet.</summary>
    public async Task NoteAsync(HttpContext context)
    {
        OpenCapture capture = captures.Get(PageQuery.Text(context, "capture") is null ? null : PageQuery.Number(context, "capture", 0, 0, int.MaxValue));
        long number = PageQuery.Path(context);
        await capture.RequirePacketAsync(number, context.RequestAborted).ConfigureAwait(false);
        using JsonDocument body = await ReadJsonAsync(context).ConfigureAwait(false);
        if (body.RootElement.ValueKind != JsonValueKind.Object || !body.RootElement.TryGetProperty("note", out JsonElement note) || note.ValueKind != JsonValueKind.String)
        {
            throw new ProblemException(Problem.BadRequest("note: a text"));
        }

        // A pcapng option has sixteen bits of length.
        string text = note.GetString()!;
        if (System.Text.Encoding.UTF8.GetByteCount(text) > ushort.MaxValue)
        {
            throw new ProblemException(Problem.BadRequest($"note: at most {ushort.MaxValue} bytes"));
        }

        capture.Note(number, text);
        await PageAnswer.WriteAsync(context, json => FrameRows.WriteRow(json, capture.Index.Row(number), text)).ConfigureAwait(false);
    }

    /// <summary>Reads a document that a request brings.</summary>
    /// <exception cref="ProblemException">400: it is no JSON.</exception>
    public static async Task<JsonDocument> ReadJsonAsync(HttpContext context)
    {
        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException error)
        {
            throw new ProblemException(Problem.BadRequest($"the body is no JSON: {error.Message}"));
        }
    }

    private static void Write(Utf8JsonWriter json, OpenCapture capture)
    {
        CaptureIndex index = capture.Index;
        json.WriteStartObject();
        json.WriteNumber("id", capture.Id);
        json.WriteString("name", capture.Name);
        json.WriteNumber("packets", index.Count);
        json.WriteBoolean("complete", index.IsComplete);
        json.WriteBoolean("live", capture.IsLive);
        if (index.FileBytes is { } bytes)
        {
            json.WriteNumber("file_bytes", bytes);
        }

        if (index.FirstTime is { } first)
        {
            json.WriteNumber("first_time", first);
        }

        if (index.LastTime is { } last)
        {
            json.WriteNumber("last_time", last);
        }

        if ((index.IsComplete ? index.Damage ?? capture.Failure : null) is { } damage)
        {
            json.WriteString("damage", damage);
        }

        json.WriteEndObject();
    }
}
