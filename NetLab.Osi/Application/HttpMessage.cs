using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>
/// An HTTP/1.x message (RFC 9112) and the header fields people look for; the same form serves SSDP. Texts are as on the wire, what is
/// not UTF-8 replaced; a field that the message does not have is null, of one that it has twice the first counts. Does not change once
/// its packet is decoded.
/// </summary>
public sealed class HttpMessage
{
    internal static class Fields
    {
        public static readonly Field Method = Field.Text("method", "http.request.method", summary: true);
        public static readonly Field Uri = Field.Text("uri", "http.request.uri", summary: true);
        public static readonly Field Status = Field.Number("status", "http.response.code", summary: true, names: static v => StatusClass((int)v), width: 2);
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

    /// <summary>The method of a request.</summary>
    public string? Method { get; private init; }

    /// <summary>The target of a request (RFC 9112, 3.2).</summary>
    public string? Uri { get; private init; }

    /// <summary>The status of a response, three digits.</summary>
    public int? Status { get; private init; }

    /// <summary>The version, as <c>HTTP/1.1</c>; null in a request that names none.</summary>
    public string? Version { get; private init; }

    /// <summary>Host (RFC 9110, 7.2).</summary>
    public string? Host { get; private set; }

    /// <summary>User-Agent (RFC 9110, 10.1.5).</summary>
    public string? UserAgent { get; private set; }

    /// <summary>Server (RFC 9110, 10.2.4).</summary>
    public string? Server { get; private set; }

    /// <summary>Content-Type (RFC 9110, 8.3).</summary>
    public string? ContentType { get; private set; }

    /// <summary>Content-Length in bytes (RFC 9110, 8.6); null if it is no number.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>Content-Encoding (RFC 9110, 8.4).</summary>
    public string? ContentEncoding { get; private set; }

    /// <summary>Transfer-Encoding (RFC 9112, 6.1).</summary>
    public string? TransferEncoding { get; private set; }

    /// <summary>Upgrade (RFC 9110, 7.8).</summary>
    public string? Upgrade { get; private set; }

    /// <summary>Cookie (RFC 6265, 5.4).</summary>
    public string? Cookie { get; private set; }

    /// <summary>Referer (RFC 9110, 10.1.3).</summary>
    public string? Referer { get; private set; }

    /// <summary>Location (RFC 9110, 10.2.2).</summary>
    public string? Location { get; private set; }

    /// <summary>The words behind a status.</summary>
    public string? Phrase { get; private init; }

    /// <summary>Bytes of the body after its codings were removed; null if there is none or it was not kept.</summary>
    public long? BodyBytes { get; internal set; }

    /// <summary>SHA-256 of the body after its codings were removed, in hex; null if there is none or it was not kept.</summary>
    public string? BodySha256 { get; internal set; }

    /// <summary>The token by which either end says who it is (RFC 4559, 4.1: Negotiate; NTLM in its manner); null if there is none.</summary>
    internal byte[]? SecurityToken { get; private set; }

    internal bool IsChunked => TransferEncoding?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Reads a message's header.</summary>
    /// <param name="header">Its lines, without or with the empty one; what stands behind that is not looked at.</param>
    /// <param name="message">The message; null if the answer is false.</param>
    /// <returns>False if the first line is none of HTTP/1.x.</returns>
    public static bool TryRead(ReadOnlySpan<byte> header, [NotNullWhen(true)] out HttpMessage? message)
    {
        int end = header.IndexOf("\r\n\r\n"u8);
        message = Read(end < 0 ? header : header[..end]);
        return message is not null;
    }

    /// <summary>Reads a message's header; null if its first line is none of HTTP.</summary>
    /// <param name="header">Its lines, without the empty one.</param>
    internal static HttpMessage? Read(ReadOnlySpan<byte> header)
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
    internal static HttpMessage? ReadCut(ReadOnlySpan<byte> header)
    {
        header = header.TrimEnd((byte)'\r');
        return Read(header) ?? (header.StartsWith("HTTP/1."u8) ? new HttpMessage { Version = AsciiText.Text(AsciiText.First(header, " "u8)) } : null);
    }

    internal void Describe(in LayerEntry entry, IFieldSink sink)
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
            (Fields.FullUri, Host is null || Uri is null ? null : Method == "CONNECT" || IsAbsolute(Uri) ? Uri : $"http://{Host}{Uri}"),
        ];
        foreach ((Field field, string? value) in texts)
        {
            if (value is not null && sink.Wants(field))
            {
                sink.Text(field, value, at, length);
            }
        }
    }

    // RFC 3986, 3: a scheme and its colon stand before any path or query.
    private static bool IsAbsolute(string uri) => uri.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme && uri.AsSpan(0, scheme).IndexOfAny("/?#") < 0;

    // RFC 9110, 8.3.2: a parameter of the media type, quoted or not.
    private static string? CharsetOf(string? contentType)
    {
        const string Name = "charset=";
        int at = contentType?.IndexOf(Name, StringComparison.OrdinalIgnoreCase) ?? -1;
        return at < 0 ? null : contentType![(at + Name.Length)..].Split(';')[0].Trim(' ', '"').ToLowerInvariant();
    }

    // RFC 9110, 11.4: a scheme, a blank, and a token in base64.
    private static byte[]? TokenFrom(ReadOnlySpan<byte> credentials)
    {
        ReadOnlySpan<byte> scheme = AsciiText.First(credentials, " "u8);
        if (!AsciiText.Same(scheme, "NTLM"u8) && !AsciiText.Same(scheme, "Negotiate"u8))
        {
            return null;
        }

        ReadOnlySpan<byte> text = AsciiText.First(credentials[scheme.Length..].TrimStart((byte)' '), " ,"u8);
        byte[] token = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, token, out _, out int length) == OperationStatus.Done && length > 0 ? token[..length] : null;
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
            case 13 when AsciiText.Same(name, "Authorization"u8):
            case 16 when AsciiText.Same(name, "WWW-Authenticate"u8):
            case 18 when AsciiText.Same(name, "Proxy-Authenticate"u8):
            case 19 when AsciiText.Same(name, "Proxy-Authorization"u8):
                SecurityToken ??= TokenFrom(value);
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
