using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using NetLab.Host.Captures;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Indexing;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Host.Page;

/// <summary>What is shown, saved: <c>save?filter&amp;as=pcapng|csv|json</c>, with the notes as they are now.</summary>
internal static class PageSave
{
    /// <summary>Says that an answer is a file of a name.</summary>
    public static void Name(HttpResponse response, string name) =>
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = SafeName.Of(name, "capture") }.ToString();

    /// <summary>Writes the packets that a filter wants, or all.</summary>
    public static async Task AnswerAsync(HttpContext context, OpenCapture capture)
    {
        string form = PageQuery.OneOf(context, "as", "pcapng", "csv", "json");
        string? filter = PageQuery.Text(context, "filter");
        FilterSearch? search = filter is null ? null : capture.Find(filter);
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 << 10, FileOptions.DeleteOnClose);
        await Task.Run(() => Write(capture, search, form, file, context.RequestAborted), context.RequestAborted).ConfigureAwait(false);
        file.Position = 0;
        Name(context.Response, $"{Path.GetFileNameWithoutExtension(capture.Name)}{(filter is null ? "" : "-part")}.{(form == "json" ? "jsonl" : form)}");
        context.Response.ContentType = form switch { "csv" => "text/csv; charset=utf-8", "json" => "application/jsonl", _ => "application/octet-stream" };
        context.Response.ContentLength = file.Length;
        await file.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private static void Write(OpenCapture capture, FilterSearch? search, string form, Stream file, CancellationToken cancellationToken)
    {
        while (search is { IsComplete: false })
        {
            cancellationToken.WaitHandle.WaitOne(10);
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (form == "csv")
        {
            capture.Index.WaitFor(long.MaxValue, cancellationToken);
            WriteRows(capture, search, file, cancellationToken);
            return;
        }

        using CaptureReader reader = capture.Index.ReadAgain(cancellationToken);
        CaptureExport? export = form == "pcapng" ? CaptureExport.To(file) : null;
        using JsonLines? lines = form == "json" ? new JsonLines(file) : null;
        int place = 0;
        DecodePipeline.Run(
            reader,
            new PacketDecoder(capture.Index.Options with { HashStreams = false, FollowStreams = lines is not null }),
            (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                if (search is not null && (search.Found(place, 1) is not [var next] || next != packet.Number))
                {
                    return search.Count > place;
                }

                place++;
                if (lines is not null)
                {
                    lines.Begin(decoded);
                    PacketDecoder.Describe(packet.Bytes, decoded, lines);
                    lines.End(decoded);
                }
                else
                {
                    string? note = capture.NoteOn(packet.Number) ?? packet.Comment;
                    export!.Write(new CapturedPacket(packet.Number, packet.Source, packet.Time, packet.OriginalLength, packet.Bytes, note?.Length > 0 ? note : null));
                }

                return true;
            },
            onKeyLog: lines is null ? export!.WriteKeyLog : null,
            cancellationToken: cancellationToken);
        export?.Flush();
    }

    private static void WriteRows(OpenCapture capture, FilterSearch? search, Stream file, CancellationToken cancellationToken)
    {
        using var text = new StreamWriter(file, leaveOpen: true) { NewLine = "\n" };
        text.WriteLine("number,time,source,destination,protocol,length,about,note");
        long all = search?.Count ?? capture.Index.Count;
        for (long at = 0; at < all; at += 1000)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IEnumerable<IndexedPacket> rows = search is null ? capture.Index.Rows(at + 1, 1000) : search.Found((int)at, 1000).Select(n => capture.Index.Row(n));
            foreach (IndexedPacket row in rows)
            {
                text.WriteLine(string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{row.Number},{row.RelativeTime / 1e9:0.000000000},{Cell(row.Source)},{Cell(row.Destination)},{Cell(row.Protocol)},{row.OriginalLength},{Cell(row.About)},{Cell(capture.NoteOn(row.Number) ?? row.Comment ?? "")}"));
            }
        }
    }

    // RFC 4180; and a sheet must not take what a capture says for a formula.
    private static string Cell(string text)
    {
        string safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
