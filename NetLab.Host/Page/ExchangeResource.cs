using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Indexing;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Host.Page;

/// <summary>Questions and their answers: <c>exchanges?protocol=dns|http&amp;skip&amp;limit</c>, by the messages of which they are made.</summary>
internal static class ExchangeResource
{
    private const int MaxMessages = 1000;

    /// <summary>Writes the exchanges whose messages are the so manieth of their protocol.</summary>
    public static async Task AnswerAsync(HttpContext context, OpenCapture capture)
    {
        string protocol = PageQuery.OneOf(context, "protocol", "dns", "http");
        int skip = (int)PageQuery.Number(context, "skip", 0, 0, int.MaxValue);
        int limit = (int)PageQuery.Number(context, "limit", 200, 1, MaxMessages);
        FilterSearch search = capture.Find(protocol);
        IReadOnlyList<uint> packets = search.Found(skip, limit);
        IReadOnlyList<Exchange> exchanges = await Task.Run(() => Read(capture, packets, context.RequestAborted), context.RequestAborted).ConfigureAwait(false);
        await PageAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("complete", search.IsComplete);
            json.WriteNumber("messages", search.Count);
            json.WriteStartArray("exchanges");
            foreach (Exchange e in exchanges)
            {
                json.WriteStartObject();
                json.WriteString("question", VisibleText.Of(e.Question));
                json.WriteString("between", e.Between);
                if (e.Asked > 0)
                {
                    json.WriteNumber("n", e.Asked);
                    json.WriteNumber("since", e.AskedAt);
                }

                if (e.Answered > 0)
                {
                    json.WriteString("answer", VisibleText.Of(e.Answer));
                    json.WriteNumber("answered_n", e.Answered);
                    if (e.Asked > 0)
                    {
                        json.WriteNumber("took", e.AnsweredAt - e.AskedAt);
                    }
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static List<Exchange> Read(OpenCapture capture, IReadOnlyList<uint> packets, CancellationToken cancellationToken)
    {
        var exchanges = new List<Exchange>();

        // Of DNS an answer has its question's number; of HTTP/1 the first question without an answer is the one.
        var open = new Dictionary<(string Stream, long Id), Queue<Exchange>>();
        var messages = new MessageFields();
        foreach (uint number in packets)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IndexedPacket row = capture.Index.Row(number);
            string stream = row.TcpStream is { } tcp ? $"tcp {tcp}" : $"udp {row.UdpConversation}";
            messages.Clear();
            capture.Replays.Decode(
                number,
                (in CapturedPacket packet, DecodedPacket decoded) =>
                {
                    PacketDecoder.Describe(packet.Bytes, decoded, messages);
                    return true;
                },
                cancellationToken);
            foreach ((bool isAnswer, long id, string text) in messages.Messages)
            {
                if (!open.TryGetValue((stream, id), out Queue<Exchange>? waiting))
                {
                    open[(stream, id)] = waiting = new Queue<Exchange>();
                }

                if (isAnswer)
                {
                    if (!waiting.TryDequeue(out Exchange? asked))
                    {
                        exchanges.Add(asked = new Exchange(text, $"{row.Destination} → {row.Source}"));
                    }

                    (asked.Answer, asked.Answered, asked.AnsweredAt) = (text, number, row.RelativeTime);
                }
                else
                {
                    var asked = new Exchange(text, $"{row.Source} → {row.Destination}") { Asked = number, AskedAt = row.RelativeTime };
                    exchanges.Add(asked);
                    waiting.Enqueue(asked);
                }
            }
        }

        return exchanges;
    }

    private sealed class Exchange(string question, string between)
    {
        public string Question { get; } = question;

        public string Between { get; } = between;

        public long Asked { get; init; }

        public long AskedAt { get; init; }

        public string Answer { get; set; } = "";

        public long Answered { get; set; }

        public long AnsweredAt { get; set; }
    }

    // The messages of one packet, each known by its first field.
    private sealed class MessageFields : IFieldSink
    {
        private const int MaxMessagesAPacket = 200;

        private readonly List<(bool IsAnswer, long Id, StringBuilder Text)> _messages = [];
        private long _id;

        public IEnumerable<(bool IsAnswer, long Id, string Text)> Messages => _messages.Select(m => (m.IsAnswer, m.Id, m.Text.ToString()));

        public void Clear() => _messages.Clear();

        bool IFieldSink.BeginLayer(in LayerEntry entry) => entry.Protocol.Name is "dns" or "http" && !entry.IsQuoted;

        void IFieldSink.Number(Field field, long value, int offset, int length)
        {
            switch (field.FilterName)
            {
                case "dns.id":
                    _id = value;
                    break;
                case "dns.flags.response":
                    Begin(value != 0, _id, "");
                    break;
                case "http.response.code":
                    Begin(true, 0, string.Create(CultureInfo.InvariantCulture, $"{value}"));
                    break;
                case "dns.flags.rcode" or "dns.qry.type" or "dns.resp.type":
                    Append(field.Names?.Invoke(value) ?? value.ToString(CultureInfo.InvariantCulture));
                    break;
                case "http.content_length":
                    Append(string.Create(CultureInfo.InvariantCulture, $"{value} bytes"));
                    break;
                default:
                    break;
            }
        }

        void IFieldSink.Ip(Field field, ReadOnlySpan<byte> address, int offset) => Append(new IPAddress(address).ToString());

        void IFieldSink.Text(Field field, ReadOnlySpan<byte> value, int offset, int length) => Take(field, Encoding.UTF8.GetString(value));

        void IFieldSink.Text(Field field, string value, int offset, int length) => Take(field, value);

        private void Take(Field field, string value)
        {
            switch (field.FilterName)
            {
                case "http.request.method":
                    Begin(false, 0, value);
                    break;
                case "http.request.uri" or "http.host" or "dns.qry.name" or "dns.cname" or "http.content_type":
                    Append(value.Length > 200 ? string.Concat(value.AsSpan(0, 199), "…") : value);
                    break;
                default:
                    break;
            }
        }

        private void Begin(bool isAnswer, long id, string text)
        {
            if (_messages.Count < MaxMessagesAPacket)
            {
                _messages.Add((isAnswer, id, new StringBuilder(text)));
            }
        }

        private void Append(string text)
        {
            if (_messages is [.., var last] && last.Text.Length < 600)
            {
                _ = last.Text.Length > 0 ? last.Text.Append(' ').Append(text) : last.Text.Append(text);
            }
        }
    }
}
