using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NetLab.Host.Captures;
using NetLab.Host.Http;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;
using NetLab.Osi.Session;

namespace NetLab.Host.Page;

/// <summary>One conversation of a capture: its bytes (<c>follow/3</c>), its ladder (<c>ladder/3</c>), its sequence numbers (<c>sequence/3</c>).</summary>
internal static class ConversationResource
{
    private const int MaxFollowed = 4 << 20;
    private const int MaxSteps = 2000;
    private const int MaxSegments = 100_000;

    private static readonly DecoderOptions Options = new() { HashStreams = false, DecodeBodies = false };

    /// <summary>The bytes of a conversation, in order, by side; as JSON, or as a file of text, hex or the bytes themselves.</summary>
    public static async Task FollowAsync(HttpContext context, OpenCapture capture)
    {
        string form = PageQuery.OneOf(context, "as", "json", "text", "hex", "raw");
        string side = PageQuery.OneOf(context, "side", "both", "a", "b");
        bool wantsDecrypted = PageQuery.OneOf(context, "decrypted", "false", "true") == "true";
        (bool isUdp, int number) = await RequireAsync(context, capture).ConfigureAwait(false);
        if (form != "json")
        {
            await WriteFileAsync(context, capture, isUdp, number, side, wantsDecrypted, form).ConfigureAwait(false);
            return;
        }

        long skip = PageQuery.Number(context, "skip", 0, 0, long.MaxValue);
        int limit = (int)PageQuery.Number(context, "limit", 256 << 10, 1, MaxFollowed);
        var chunks = new FollowedChunks(skip, limit);
        bool isComplete = capture.Index.IsComplete;
        string client = "", server = "", state = "";
        bool hasDecrypted = false;
        Follow(capture, isUdp, number, side, wantsDecrypted, chunks.Add, chunks.Skip, (packet, decoded) =>
        {
            if (decoded.Session is { } session)
            {
                (client, server, state) = (session.Client.ToString(), session.Server.ToString(), session.State.ToString());
            }
            else if (client.Length == 0)
            {
                (client, server) = (capture.Index.Row(decoded.Number).Source, capture.Index.Row(decoded.Number).Destination);
            }

            return !chunks.IsFull;
        }, () => hasDecrypted = true, context.RequestAborted);
        await PageAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("stream", number);
            json.WriteString("proto", isUdp ? "udp" : "tcp");
            json.WriteString("a", client);
            json.WriteString("b", server);
            json.WriteBoolean("has_decrypted", hasDecrypted);
            json.WriteBoolean("complete", isComplete);
            chunks.Write(json);
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    /// <summary>What each packet of a conversation was, and who sent it when.</summary>
    public static async Task LadderAsync(HttpContext context, OpenCapture capture)
    {
        (bool isUdp, int number) = await RequireAsync(context, capture).ConfigureAwait(false);
        long skip = PageQuery.Number(context, "skip", 0, 0, int.MaxValue);
        int limit = (int)PageQuery.Number(context, "limit", 500, 1, MaxSteps);
        bool isComplete = capture.Index.IsComplete;
        var label = new PacketLabel();
        string client = "", server = "";
        long seen = 0;
        await PageAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("stream", number);
            json.WriteStartArray("steps");
            capture.Index.Follow(isUdp, number, Options, (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                bool fromFirst = true;
                if (decoded.Session is { } session)
                {
                    fromFirst = session.FromClient;
                    (client, server) = (session.Client.ToString(), session.Server.ToString());
                }
                else
                {
                    decoded.UdpPayload(packet.Bytes, number, out _, out fromFirst);
                    (string from, string to) = label.Ends(decoded, packet.Bytes);
                    (client, server) = fromFirst ? (from, to) : (to, from);
                }

                if (seen >= skip + limit)
                {
                    seen++;
                    return false;
                }

                if (seen++ >= skip)
                {
                    json.WriteStartObject();
                    json.WriteNumber("n", decoded.Number);
                    json.WriteNumber("since", decoded.RelativeTime);
                    json.WriteString("from", fromFirst ? "a" : "b");
                    json.WriteNumber("len", decoded.OriginalLength);
                    json.WriteString("label", label.Of(decoded, packet.Bytes));
                    WriteMarks(json, decoded.Session?.Analysis ?? TcpAnalysisFlags.None);
                    json.WriteEndObject();
                }

                return true;
            }, context.RequestAborted);
            json.WriteEndArray();
            json.WriteString("a", client);
            json.WriteString("b", server);
            json.WriteBoolean("more", seen > skip + limit);
            json.WriteBoolean("complete", isComplete);
            json.WriteEndObject();
        });
    }

    /// <summary>The numbers of each segment of a TCP stream, a column a member: what sequence graph, round trips, throughput and flight are drawn of.</summary>
    public static async Task SequenceAsync(HttpContext context, OpenCapture capture)
    {
        (bool isUdp, int number) = await RequireAsync(context, capture).ConfigureAwait(false);
        if (isUdp)
        {
            throw new ProblemException(Problem.BadRequest("proto=udp: datagrams have no sequence numbers"));
        }

        bool isComplete = capture.Index.IsComplete;
        var columns = new SequenceColumns();
        bool isCut = false;
        capture.Index.Follow(false, number, Options, (in CapturedPacket packet, DecodedPacket decoded) =>
        {
            columns.Add(packet.Bytes, decoded);
            isCut = columns.Count >= MaxSegments;
            return !isCut;
        }, context.RequestAborted);
        await PageAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("stream", number);
            columns.Write(json);
            json.WriteBoolean("more", isCut);
            json.WriteBoolean("complete", isComplete);
            json.WriteEndObject();
        });
    }

    /// <summary>Writes the names of what stands out about a segment.</summary>
    public static void WriteMarks(Utf8JsonWriter json, TcpAnalysisFlags marks)
    {
        if (marks != TcpAnalysisFlags.None)
        {
            json.WriteStartArray("marks");
            foreach (string mark in TcpAnalysisNames.Of(marks))
            {
                json.WriteStringValue(mark);
            }

            json.WriteEndArray();
        }
    }

    private static async Task<(bool IsUdp, int Number)> RequireAsync(HttpContext context, OpenCapture capture)
    {
        long number = PageQuery.Path(context);
        bool isUdp = PageQuery.OneOf(context, "proto", "tcp", "udp") == "udp";
        if (number > int.MaxValue)
        {
            throw new ProblemException(Problem.NotFound($"there is no stream {number}"));
        }

        await capture.RequireConversationAsync(isUdp, (int)number, context.RequestAborted).ConfigureAwait(false);
        return (isUdp, (int)number);
    }

    private static async Task WriteFileAsync(HttpContext context, OpenCapture capture, bool isUdp, int number, string side, bool wantsDecrypted, string form)
    {
        // Written to a file first: a conversation may be as large as the capture.
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 << 10, FileOptions.DeleteOnClose);
        var text = new ConversationText(
            file, form switch { "text" => ConversationForm.Text, "hex" => ConversationForm.Hex, _ => ConversationForm.Raw }, colors: false);
        Follow(capture, isUdp, number, side, wantsDecrypted, (_, fromFirst, bytes) => text.Write(fromFirst, bytes), (fromFirst, missing) => text.WriteHole(fromFirst, missing), (_, _) => true, () => { }, context.RequestAborted);
        text.End();
        file.Position = 0;
        PageSave.Name(context.Response, $"{Path.GetFileNameWithoutExtension(capture.Name)}-{(isUdp ? "udp" : "tcp")}-{number}{(side == "both" ? "" : "-" + side)}.{(form == "raw" ? "bin" : "txt")}");
        context.Response.ContentType = form == "raw" ? "application/octet-stream" : "text/plain; charset=utf-8";
        context.Response.ContentLength = file.Length;
        await file.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private delegate void ChunkHandler(long packet, bool fromFirst, ReadOnlySpan<byte> bytes);

    private static void Follow(
        OpenCapture capture, bool isUdp, int number, string side, bool wantsDecrypted, ChunkHandler onBytes, Action<bool, long> onHole,
        Func<long, DecodedPacket, bool> onPacket, Action onDecrypted, CancellationToken cancellationToken)
    {
        // Bytes are told while their packet is decoded, and the packet is known behind it: they wait for it.
        var waiting = new List<(bool FromFirst, byte[] Bytes, long Missing)>();
        bool Wants(bool fromFirst) => side == "both" || (side == "a") == fromFirst;
        StreamBytesHandler take = (_, fromClient, bytes) =>
        {
            if (Wants(fromClient))
            {
                waiting.Add((fromClient, bytes.ToArray(), 0));
            }
        };
        DecoderOptions options = Options with
        {
            StreamBytes = wantsDecrypted ? null : take,
            StreamHole = wantsDecrypted ? null : (_, fromClient, missing) =>
            {
                if (Wants(fromClient))
                {
                    waiting.Add((fromClient, [], missing));
                }
            },
            DecryptedBytes = wantsDecrypted ? take : (_, _, _) => onDecrypted(),
        };
        capture.Index.Follow(isUdp, number, options with { Protocols = capture.Input.Protocols }, (in CapturedPacket packet, DecodedPacket decoded) =>
        {
            if (isUdp && decoded.UdpPayload(packet.Bytes, number, out ReadOnlySpan<byte> payload, out bool fromFirst) && Wants(fromFirst))
            {
                onBytes(packet.Number, fromFirst, payload);
            }

            foreach ((bool fromClient, byte[] bytes, long missing) in waiting)
            {
                if (missing > 0)
                {
                    onHole(fromClient, missing);
                }
                else
                {
                    onBytes(packet.Number, fromClient, bytes);
                }
            }

            waiting.Clear();
            return onPacket(packet.Number, decoded);
        }, cancellationToken);
    }
}
