using System.Globalization;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>An HTTP/1.x message (RFC 9112) and the header fields people look for; the same form serves SSDP.</summary>
internal sealed class HttpMessage
{
    internal static class Fields
    {
        public static readonly Field Method = Field.Text("method", "http.request.method", summary: true);
        public static readonly Field Uri = Field.Text("uri", "http.request.uri", summary: true);
        public static readonly Field Status = Field.Number("status", "http.response.code", summary: true, names: static v => StatusClass((int)v));
        public static readonly Field Version = Field.Text("version");
        public static readonly Field Host = Field.Text("host", "http.host");
        public static readonly Field UserAgent = Field.Text("user_agent", "http.user_agent");
        public static readonly Field Server = Field.Text("server", "http.server");
        public static readonly Field ContentType = Field.Text("content_type", "http.content_type");
        public static readonly Field Charset = Field.Text("charset");
        public static readonly Field ContentLength = Field.Number("content_length", "http.content_length_header");
        public static readonly Field ContentEncoding = Field.Text("content_encoding", "http.content_encoding");
        public static readonly Field TransferEncoding = Field.Text("transfer_encoding", "http.transfer_encoding");
        public static readonly Field BodyBytes = Field.Number("body_bytes");
        public static readonly Field BodySha256 = Field.Text("body_sha256");
        public static readonly Field MethodIs = Field.Text("method_is");
        public static readonly Field Request = Field.Of(FieldKind.Boolean, null, "http.request", "It is a request");
        public static readonly Field Response = Field.Of(FieldKind.Boolean, null, "http.response", "It is a response");
        public static readonly Field RequestVersion = Field.Text(null, "http.request.version", about: "Version of a request");
        public static readonly Field ResponseVersion = Field.Text(null, "http.response.version", about: "Version of a response");
        public static readonly Field Phrase = Field.Text(null, "http.response.phrase", about: "The words behind a status");
        public static readonly Field Cookie = Field.Text(null, "http.cookie", about: "Cookies of a request");
        public static readonly Field Referer = Field.Text(null, "http.referer", about: "Where a request comes from");
        public static readonly Field Location = Field.Text(null, "http.location", about: "Where a response leads");
        public static readonly Field FullUri = Field.Text(null, "http.request.full_uri", about: "Scheme, host and target of a request");

        public static readonly Field[] All =
            [Method, Uri, Status, Version, Host, UserAgent, Server, ContentType, Charset, ContentLength, ContentEncoding, TransferEncoding, BodyBytes, BodySha256, MethodIs, Request, Response, RequestVersion, ResponseVersion, Phrase, Cookie, Referer, Location, FullUri];
    }

    private HttpMessage()
    {
    }

    public string? Method { get; private init; }

    public string? Uri { get; private init; }

    public int? Status { get; private init; }

    public string? Version { get; private init; }

    public string? Host { get; private set; }

    public string? UserAgent { get; private set; }

    public string? Server { get; private set; }

    public string? ContentType { get; private set; }

    public long? ContentLength { get; private set; }

    public string? ContentEncoding { get; private set; }

    public string? TransferEncoding { get; private set; }

    public string? Upgrade { get; private set; }

    public string? Cookie { get; private set; }

    public string? Referer { get; private set; }

    public string? Location { get; private set; }

    /// <summary>The words behind a status.</summary>
    public string? Phrase { get; private init; }

    /// <summary>Bytes of the body after its codings were removed; null if there is none or it was not kept.</summary>
    public long? BodyBytes { get; set; }

    public string? BodySha256 { get; set; }

    public bool IsChunked => TransferEncoding?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Reads a message's header; null if its first line is none of HTTP.</summary>
    /// <param name="header">Its lines, without the empty one.</param>
    public static HttpMessage? Read(ReadOnlySpan<byte> header)
    {
        int end = header.IndexOf((byte)'\n');
        ReadOnlySpan<byte> first = (end < 0 ? header : header[..end]).TrimEnd((byte)'\r');
        HttpMessage? message = first.StartsWith("HTTP/1."u8) ? ResponseFrom(first) : RequestFrom(first);
        if (message is null || end < 0)
        {
            return message;
        }

        header = header[(end + 1)..];
        foreach (Range range in header.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = header[range].TrimEnd((byte)'\r');
            int colon = line.IndexOf((byte)':');

            // RFC 9112, 5.2: a line that begins with a blank continues the one before it.
            if (colon > 0 && line[0] is not ((byte)' ' or (byte)'\t'))
            {
                message.Apply(line[..colon].Trim((byte)' '), line[(colon + 1)..].Trim(" \t"u8));
            }
        }

        return message;
    }

    /// <summary>Reads what a capture that cuts packets left of a header: its lines as far as they go. Null if it is none of HTTP.</summary>
    public static HttpMessage? ReadCut(ReadOnlySpan<byte> header)
    {
        header = header.TrimEnd((byte)'\r');
        return Read(header) ?? (header.StartsWith("HTTP/1."u8) ? new HttpMessage { Version = AsciiText.Text(AsciiText.First(header, " "u8)) } : null);
    }

    public void Describe(in LayerEntry entry, IFieldSink sink)
    {
        (int at, int length) = (entry.Offset, entry.Length);
        Text(Fields.Method, Method, sink);
        Text(Fields.Uri, Uri, sink);
        if (Status is { } status)
        {
            sink.Number(Fields.Status, status, at, length);
        }

        Text(Fields.Version, Version, sink);
        Text(Fields.Host, Host, sink);
        Text(Fields.UserAgent, UserAgent, sink);
        Text(Fields.Server, Server, sink);
        Text(Fields.ContentType, ContentType, sink);
        Text(Fields.Charset, CharsetOf(ContentType), sink);
        Number(Fields.ContentLength, ContentLength, sink);
        Text(Fields.ContentEncoding, ContentEncoding, sink);
        Text(Fields.TransferEncoding, TransferEncoding, sink);
        Number(Fields.BodyBytes, BodyBytes, sink);
        Text(Fields.BodySha256, BodySha256, sink);
        Text(Fields.MethodIs, Method is null ? null : MethodMeaning(Method), sink);

        if (sink.WantsHidden)
        {
            DescribeHidden(at, length, sink);
        }

        void Text(Field name, string? value, IFieldSink to)
        {
            if (value is not null)
            {
                to.Text(name, value, at, length);
            }
        }

        void Number(Field name, long? value, IFieldSink to)
        {
            if (value is { } number)
            {
                to.Number(name, number, at, length);
            }
        }
    }

    private void DescribeHidden(int at, int length, IFieldSink sink)
    {
        bool isRequest = Method is not null;
        sink.Flag(isRequest ? Fields.Request : Fields.Response, true, at, length);
        (Field Field, string? Value)[] texts =
        [
            (isRequest ? Fields.RequestVersion : Fields.ResponseVersion, Version),
            (Fields.Phrase, Phrase),
            (Fields.Cookie, Cookie),
            (Fields.Referer, Referer),
            (Fields.Location, Location),
            (Fields.FullUri, Host is null || Uri is null ? null : Method == "CONNECT" || Uri.Contains("://", StringComparison.Ordinal) ? Uri : $"http://{Host}{Uri}"),
        ];
        foreach ((Field field, string? value) in texts)
        {
            if (value is not null && sink.Wants(field))
            {
                sink.Text(field, value, at, length);
            }
        }
    }

    // RFC 9110, 8.3.2: a parameter of the media type, quoted or not.
    private static string? CharsetOf(string? contentType)
    {
        const string Name = "charset=";
        int at = contentType?.IndexOf(Name, StringComparison.OrdinalIgnoreCase) ?? -1;
        return at < 0 ? null : contentType![(at + Name.Length)..].Split(';')[0].Trim(' ', '"').ToLowerInvariant();
    }

    // RFC 9110, 9.2.1 and 9.2.2.
    private static string? MethodMeaning(string method) => method switch
    {
        "GET" or "HEAD" or "OPTIONS" or "TRACE" => "safe, idempotent",
        "PUT" or "DELETE" => "idempotent",
        "POST" or "PATCH" or "CONNECT" => "neither safe nor idempotent",
        _ => null,
    };

    // RFC 9110, 15.
    private static string? StatusClass(int status) => (status / 100) switch
    {
        1 => "informational",
        2 => "successful",
        3 => "redirection",
        4 => "client error",
        5 => "server error",
        _ => null,
    };

    // RFC 9112, 3: three words; a target with a blank in it, which it must not have, ends at the blank, as servers read it.
    private static HttpMessage? RequestFrom(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd(" \t"u8);
        int method = line.IndexOf((byte)' ');
        int version = line.LastIndexOf((byte)' ');
        if (method <= 0 || version <= method || !line[(version + 1)..].StartsWith("HTTP/1."u8))
        {
            return HttpProtocol.BeginsWithMethod(line) ? BareRequestFrom(line) : null;
        }

        ReadOnlySpan<byte> rest = line[(method + 1)..];
        int target = rest.IndexOf((byte)' ');
        return new HttpMessage
        {
            Method = AsciiText.Text(line[..method]),
            Uri = AsciiText.Text(rest[..target]),
            Version = AsciiText.Text(rest[(target + 1)..].TrimStart((byte)' ')),
        };
    }

    // A request without a version, or without a target: servers answer it, most of them with a 400.
    private static HttpMessage BareRequestFrom(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> method = AsciiText.First(line, " "u8);
        ReadOnlySpan<byte> target = AsciiText.First(line[Math.Min(line.Length, method.Length + 1)..], " "u8);
        return new HttpMessage { Method = AsciiText.Text(method), Uri = target.IsEmpty ? null : AsciiText.Text(target) };
    }

    private static HttpMessage? ResponseFrom(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> version = AsciiText.First(line, " "u8);
        ReadOnlySpan<byte> rest = line[Math.Min(line.Length, version.Length + 1)..];
        return int.TryParse(AsciiText.First(rest, " "u8), NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            ? new HttpMessage { Version = AsciiText.Text(version), Status = status, Phrase = PhraseOf(rest) }
            : null;
    }

    private static string? PhraseOf(ReadOnlySpan<byte> rest)
    {
        int space = rest.IndexOf((byte)' ');
        return space < 0 ? null : AsciiText.Text(rest[(space + 1)..]);
    }

    private void Apply(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        // The length decides most; a name is compared with at most two.
        switch (name.Length)
        {
            case 4 when AsciiText.Same(name, "Host"u8):
                Host ??= AsciiText.Text(value);
                break;
            case 6 when AsciiText.Same(name, "Cookie"u8):
                Cookie ??= AsciiText.Text(value);
                break;
            case 7 when AsciiText.Same(name, "Referer"u8):
                Referer ??= AsciiText.Text(value);
                break;
            case 8 when AsciiText.Same(name, "Location"u8):
                Location ??= AsciiText.Text(value);
                break;
            case 6 when AsciiText.Same(name, "Server"u8):
                Server ??= AsciiText.Text(value);
                break;
            case 7 when AsciiText.Same(name, "Upgrade"u8):
                Upgrade ??= AsciiText.Text(value);
                break;
            case 10 when AsciiText.Same(name, "User-Agent"u8):
                UserAgent ??= AsciiText.Text(value);
                break;
            case 12 when AsciiText.Same(name, "Content-Type"u8):
                ContentType ??= AsciiText.Text(value);
                break;
            case 14 when AsciiText.Same(name, "Content-Length"u8) && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long length):
                ContentLength ??= length;
                break;
            case 16 when AsciiText.Same(name, "Content-Encoding"u8):
                ContentEncoding ??= AsciiText.Text(value);
                break;
            case 17 when AsciiText.Same(name, "Transfer-Encoding"u8):
                TransferEncoding ??= AsciiText.Text(value);
                break;
            default:
                break;
        }
    }
}
