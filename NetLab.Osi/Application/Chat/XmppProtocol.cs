using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Chat;

/// <summary>XMPP (RFC 6120): a stream of XML whose elements are messages, presence, and questions with their answers.</summary>
internal static class XmppProtocol
{
    // Elements in one another; deeper ones are taken for an attack.
    private const int MaxDepth = 64;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "xmpp", OsiLayer.Application, "Extensible Messaging and Presence Protocol", Fields.All, Frame, Dissect, Describe, begins: MayBegin);

    private static class Fields
    {
        public static readonly Field Kind = Field.Text("kind", about: "What it is: a stream's beginning or end, iq, message, presence, or a step of negotiation", summary: true);
        public static readonly Field Type = Field.Text("type", "xmpp.type", about: "Kind of stanza", summary: true);
        public static readonly Field Id = Field.Text("id", "xmpp.id", about: "Which question is answered");
        public static readonly Field From = Field.Text("from", "xmpp.from", about: "Who sends it", summary: true);
        public static readonly Field To = Field.Text("to", "xmpp.to", about: "Whom it is for", summary: true);

        // Wireshark tells those of a stream's tag under no name of their own.
        public static readonly Field StreamId = Field.Text("id", about: "Number of the stream");
        public static readonly Field StreamFrom = Field.Text("from", about: "Who begins the stream");
        public static readonly Field StreamTo = Field.Text("to", about: "Whom the stream is for");
        public static readonly Field Namespace = Field.Text("xmlns", "xmpp.xmlns", about: "Namespaces of the elements");
        public static readonly Field Child = Field.Text("children", about: "Names of the elements in it");
        public static readonly Field Body = Field.Text("body", about: "Text of a message");
        public static readonly Field Stream = Field.Flag(null, "xmpp.stream", about: "A stream begins");
        public static readonly Field StreamEnd = Field.Flag(null, "xmpp.stream_end", about: "A stream ends");
        public static readonly Field Features = Field.Flag(null, "xmpp.features", about: "What the server offers");
        public static readonly Field Question = Field.Flag(null, "xmpp.iq", about: "A question or an answer");
        public static readonly Field Message = Field.Flag(null, "xmpp.message", about: "A message");
        public static readonly Field Presence = Field.Flag(null, "xmpp.presence", about: "Who is there");
        public static readonly Field StartTls = Field.Flag(null, "xmpp.starttls", about: "TLS is asked for");
        public static readonly Field Proceed = Field.Flag(null, "xmpp.proceed", about: "TLS is granted");
        public static readonly Field Auth = Field.Flag(null, "xmpp.auth", about: "Who it is");
        public static readonly Field Success = Field.Flag(null, "xmpp.success", about: "It is believed");
        public static readonly Field Failure = Field.Flag(null, "xmpp.failure", about: "It is not");

        public static readonly Field[] All =
        [
            Kind, Type, Id, From, To, StreamId, StreamFrom, StreamTo, Namespace, Child, Body, Stream, StreamEnd, Features, Question, Message, Presence, StartTls, Proceed, Auth, Success, Failure,
        ];
    }

    /// <summary>Whether bytes begin with a stream, or with what opens one on WebSocket (RFC 7395, 3.3).</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[0] != (byte)'<')
        {
            return false;
        }

        var scanner = new XmlScanner(bytes);
        XmlToken token = scanner.Next();
        while (token is XmlToken.Other || (token is XmlToken.Text && scanner.Rest.Trim(" \t\r\n"u8).IsEmpty))
        {
            token = scanner.Next();
        }

        return (token == XmlToken.Start && scanner.Name.SequenceEqual("stream:stream"u8))
            || (token is XmlToken.Start or XmlToken.Empty && scanner.Name.SequenceEqual("open"u8) && XmlScanner.Attribute(scanner.Rest, "xmlns"u8).SequenceEqual("urn:ietf:params:xml:ns:xmpp-framing"u8));
    }

    // On the port, a stream may have begun before the capture did.
    private static bool MayBegin(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> text = bytes.TrimStart(" \t\r\n"u8);
        return text.IsEmpty || (text.Length > 1 && text[0] == (byte)'<' && (char.IsAsciiLetter((char)text[1]) || text[1] is (byte)'?' or (byte)'/'));
    }

    // The tag that begins a stream, the one that ends it, or an element of it; with the blanks and the declaration before it.
    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        var scanner = new XmlScanner(bytes);
        int depth = 0;
        bool isBlank = true;
        while (true)
        {
            switch (scanner.Next())
            {
                case XmlToken.Bad:
                    return StreamParser.NotMine;
                case XmlToken.End:
                    // 4.6.1: a blank between elements keeps the connection alive.
                    return isBlank && scanner.Position == bytes.Length ? bytes.Length : 0;
                case XmlToken.Text when depth == 0 && !scanner.Rest.Trim(" \t\r\n"u8).IsEmpty:
                    return StreamParser.NotMine;
                case XmlToken.Text:
                    break;
                case XmlToken.Other:
                    isBlank = false;
                    break;
                case XmlToken.Start when depth == 0 && scanner.Name.SequenceEqual("stream:stream"u8):
                    return scanner.Position;
                case XmlToken.Start:
                    isBlank = false;
                    if (++depth > MaxDepth)
                    {
                        return StreamParser.NotMine;
                    }

                    break;
                case XmlToken.Empty when depth == 0:
                    return scanner.Position;
                case XmlToken.Close when --depth <= 0:
                    return scanner.Position;
                default:
                    break;
            }
        }
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (!dissection.Bytes[offset..end].Trim(" \t\r\n"u8).IsEmpty)
        {
            dissection.Add(Value, offset, end - offset, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        (int at, int size) = (view[index].Offset, view[index].Length);
        var scanner = new XmlScanner(view.BytesOf(index));
        var values = new FieldValues();
        int depth = 0;
        bool isFirst = true;
        bool inBody = false;
        for (XmlToken token = scanner.Next(); token > XmlToken.End; token = scanner.Next())
        {
            switch (token)
            {
                case XmlToken.Start or XmlToken.Empty:
                    AddNamespaces(values, scanner.Rest);
                    if (isFirst)
                    {
                        AddFirst(values, scanner, isEnd: false);
                        isFirst = false;
                    }
                    else if (depth == 1)
                    {
                        values.Add(Fields.Child, scanner.Name);
                        inBody = token == XmlToken.Start && scanner.Name.SequenceEqual("body"u8);
                    }

                    depth += token == XmlToken.Start ? 1 : 0;
                    break;
                case XmlToken.Close:
                    if (isFirst)
                    {
                        AddFirst(values, scanner, isEnd: true);
                        isFirst = false;
                    }

                    depth--;
                    inBody = false;
                    break;
                case XmlToken.Text when inBody && depth == 2:
                    values.Add(Fields.Body, scanner.Rest);
                    break;
                default:
                    break;
            }
        }

        values.Describe(at, size, sink);
    }

    private static void AddFirst(FieldValues values, in XmlScanner scanner, bool isEnd)
    {
        ReadOnlySpan<byte> name = scanner.Name;
        name = name[(name.IndexOf((byte)':') + 1)..];
        values.Add(Fields.Kind, isEnd ? "stream end"u8 : name);
        if (KindOf(name, isEnd) is { } kind)
        {
            values.Add(kind, true);
        }

        bool isStream = name.SequenceEqual("stream"u8);
        Add(values, Fields.Type, XmlScanner.Attribute(scanner.Rest, "type"u8));
        Add(values, isStream ? Fields.StreamId : Fields.Id, XmlScanner.Attribute(scanner.Rest, "id"u8));
        Add(values, isStream ? Fields.StreamFrom : Fields.From, XmlScanner.Attribute(scanner.Rest, "from"u8));
        Add(values, isStream ? Fields.StreamTo : Fields.To, XmlScanner.Attribute(scanner.Rest, "to"u8));
    }

    private static void AddNamespaces(FieldValues values, ReadOnlySpan<byte> rest)
    {
        // That of the element itself goes before those that its prefixes stand for.
        Add(values, Fields.Namespace, XmlScanner.Attribute(rest, "xmlns"u8));
        while (XmlScanner.TryAttribute(ref rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            if (name.StartsWith("xmlns:"u8))
            {
                Add(values, Fields.Namespace, value);
            }
        }
    }

    private static void Add(FieldValues values, Field field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            values.Add(field, value);
        }
    }

    private static Field? KindOf(ReadOnlySpan<byte> name, bool isEnd) => isEnd ? Fields.StreamEnd : name switch
    {
        _ when name.SequenceEqual("stream"u8) => Fields.Stream,
        _ when name.SequenceEqual("features"u8) => Fields.Features,
        _ when name.SequenceEqual("iq"u8) => Fields.Question,
        _ when name.SequenceEqual("message"u8) => Fields.Message,
        _ when name.SequenceEqual("presence"u8) => Fields.Presence,
        _ when name.SequenceEqual("starttls"u8) => Fields.StartTls,
        _ when name.SequenceEqual("proceed"u8) => Fields.Proceed,
        _ when name.SequenceEqual("auth"u8) => Fields.Auth,
        _ when name.SequenceEqual("success"u8) => Fields.Success,
        _ when name.SequenceEqual("failure"u8) => Fields.Failure,
        _ => null,
    };
}
