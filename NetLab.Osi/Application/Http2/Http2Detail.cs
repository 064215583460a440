using System.Globalization;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Http2;

/// <summary>The frames that a packet completes.</summary>
internal sealed class Http2Detail : LayerDetail
{
    internal static class Fields
    {
        public static readonly Field Frames = Field.Group("frames");
        public static readonly Field Type = Field.Number("type", "http2.type", names: static v => NameOf((Http2FrameType)v), width: 1);
        public static readonly Field Flags = Field.Number("flags", "http2.flags", width: 1);
        public static readonly Field Stream = Field.Number("stream", "http2.streamid", width: 4);
        public static readonly Field Length = Field.Number("length", "http2.length", width: 3);
        public static readonly Field Method = Field.Text("method");
        public static readonly Field Uri = Field.Text("uri");
        public static readonly Field Host = Field.Text("host");
        public static readonly Field Status = Field.Number("status");
        public static readonly Field Headers = Field.Text("headers");
        public static readonly Field HeaderName = Field.Text(null, "http2.header.name", about: "Name of a header field");
        public static readonly Field HeaderValue = Field.Text(null, "http2.header.value", about: "Value of a header field");

        public static readonly Field[] All = [Frames, Type, Flags, Stream, Length, Method, Uri, Host, Status, Headers, HeaderName, HeaderValue];
    }

    // A few bytes of a block can say again all that the table holds, and a packet has room for many blocks.
    private const int MostText = 64 << 10;

    private readonly List<(Http2Frame Frame, List<HeaderField>? Fields)> _frames = [];
    private int _text;

    /// <summary>One more.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="fields">The fields of the header block that it completes; null if it completes none, or none that could be decoded.</param>
    public void Add(in Http2Frame frame, List<HeaderField>? fields)
    {
        _text += fields?.Sum(f => f.Size) ?? 0;
        _frames.Add((frame, _text <= MostText ? fields : null));
    }

    public override void Describe(in LayerEntry entry, IFieldSink sink)
    {
        sink.BeginList(Fields.Frames);
        foreach ((Http2Frame frame, List<HeaderField>? fields) in _frames)
        {
            sink.BeginItem();
            sink.Number(Fields.Type, (int)frame.Type, entry.Offset, entry.Length);
            sink.Number(Fields.Flags, frame.Flags, entry.Offset, entry.Length);
            sink.Number(Fields.Stream, frame.Stream, entry.Offset, entry.Length);
            sink.Number(Fields.Length, frame.Length, entry.Offset, entry.Length);
            if (fields is not null)
            {
                Describe(fields, entry, sink);
            }

            sink.EndItem();
        }

        sink.EndList();
    }

    // As a message of HTTP/1.1 has them, and then all of them.
    private static void Describe(List<HeaderField> fields, in LayerEntry entry, IFieldSink sink)
    {
        foreach ((string name, string value) in fields)
        {
            switch (name)
            {
                case ":method":
                    sink.Text(Fields.Method, value, entry.Offset, entry.Length);
                    break;
                case ":path":
                    sink.Text(Fields.Uri, value, entry.Offset, entry.Length);
                    break;
                case ":authority":
                    sink.Text(Fields.Host, value, entry.Offset, entry.Length);
                    break;
                case ":status" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int status):
                    sink.Number(Fields.Status, status, entry.Offset, entry.Length);
                    break;
                default:
                    break;
            }
        }

        if (sink.WantsHidden)
        {
            foreach ((string name, string value) in fields)
            {
                sink.Text(Fields.HeaderName, name, entry.Offset, entry.Length);
                sink.Text(Fields.HeaderValue, value, entry.Offset, entry.Length);
            }

            return;
        }

        sink.Texts(Fields.Headers, [.. fields.Select(f => $"{f.Name}: {f.Value}")], entry.Offset, entry.Length);
    }

    private static string NameOf(Http2FrameType type) => type switch
    {
        Http2FrameType.Data => "DATA",
        Http2FrameType.Headers => "HEADERS",
        Http2FrameType.Priority => "PRIORITY",
        Http2FrameType.RstStream => "RST_STREAM",
        Http2FrameType.Settings => "SETTINGS",
        Http2FrameType.PushPromise => "PUSH_PROMISE",
        Http2FrameType.Ping => "PING",
        Http2FrameType.GoAway => "GOAWAY",
        Http2FrameType.WindowUpdate => "WINDOW_UPDATE",
        Http2FrameType.Continuation => "CONTINUATION",
        _ => "unknown",
    };
}
