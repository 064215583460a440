using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NetLab.Osi.Indexing;
using NetLab.Osi.Session;

namespace NetLab.Host.Page;

/// <summary>The rows of the list of packets: <c>frames?filter&amp;skip&amp;limit</c>.</summary>
internal static class FrameRows
{
    /// <summary>Rows at most in one answer.</summary>
    public const int MaxRows = 1000;

    // What a first look needs is there sooner than a person notices; the rest is asked for again.
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(250);

    /// <summary>Writes rows, of all packets or of those that a filter finds; of those found so far while it still looks.</summary>
    public static async Task AnswerAsync(HttpContext context, OpenCapture capture)
    {
        int limit = (int)PageQuery.Number(context, "limit", 100, 0, MaxRows);
        long skip = PageQuery.Number(context, "skip", 0, 0, long.MaxValue - MaxRows);
        string? filter = PageQuery.Text(context, "filter");
        FilterSearch? search = filter is null ? null : capture.Find(filter);
        long near = PageQuery.Number(context, "near", 0, 0, long.MaxValue);
        long wanted = skip + limit;
        await (search is null
            ? capture.WaitAsync(() => capture.Index.Count >= wanted, MaxWait, context.RequestAborted)
            : capture.WaitAsync(() => search.IsComplete || search.Count >= wanted, MaxWait, context.RequestAborted)).ConfigureAwait(false);
        await PageAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("capture", capture.Id);
            json.WriteNumber("packets", capture.Index.Count);
            json.WriteBoolean("complete", search?.IsComplete ?? capture.Index.IsComplete);
            json.WriteNumber("total", search?.Count ?? capture.Index.Count);
            if (search is not null)
            {
                json.WriteNumber("searched", search.Searched);
            }

            if (near > 0)
            {
                json.WriteNumber("place", search?.PlaceOf(near) ?? near - 1);
            }

            json.WriteNumber("skip", skip);
            json.WriteStartArray("rows");
            foreach (IndexedPacket row in Rows(capture.Index, search, skip, limit))
            {
                WriteRow(json, row, capture.NoteOn(row.Number));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    /// <summary>Writes a row.</summary>
    public static void WriteRow(Utf8JsonWriter json, IndexedPacket row, string? note)
    {
        json.WriteStartObject();
        json.WriteNumber("n", row.Number);
        if (row.Time is { } time)
        {
            json.WriteNumber("t", time);
            json.WriteNumber("since", row.RelativeTime);
        }

        json.WriteNumber("len", row.OriginalLength);
        if (row.CapturedLength < row.OriginalLength)
        {
            json.WriteNumber("cap", row.CapturedLength);
        }

        json.WriteString("src", row.Source);
        json.WriteString("dst", row.Destination);
        json.WriteString("proto", row.Protocol);
        json.WriteNumber("osi", (int)row.Layer);
        json.WriteString("info", row.About);
        if (row.TcpStream is { } stream)
        {
            json.WriteNumber("tcp", stream);
        }

        if (row.UdpConversation is { } conversation)
        {
            json.WriteNumber("udp", conversation);
        }

        if (row.Marks != TcpAnalysisFlags.None)
        {
            json.WriteStartArray("marks");
            foreach (string mark in TcpAnalysisNames.Of(row.Marks))
            {
                json.WriteStringValue(mark);
            }

            json.WriteEndArray();
        }

        if (row.IsStopped)
        {
            json.WriteBoolean("stopped", true);
        }

        if ((note ?? row.Comment) is { Length: > 0 } comment)
        {
            json.WriteString("note", comment);
        }

        json.WriteEndObject();
    }

    private static IEnumerable<IndexedPacket> Rows(CaptureIndex index, FilterSearch? search, long skip, int limit) =>
        search is null ? index.Rows(skip + 1, limit) : search.Found((int)Math.Min(skip, int.MaxValue), limit).Select(n => index.Row(n));
}
