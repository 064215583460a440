using System.Globalization;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Application;

/// <summary>An HTTP/1.x message (RFC 9112) and the header fields people look for; the same form serves SSDP.</summary>
internal sealed class HttpMessage
{
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
            if (colon > 0)
            {
                message.Apply(line[..colon].Trim((byte)' '), line[(colon + 1)..].Trim(" \t"u8));
            }
        }

        return message;
    }

    public void Describe(in LayerEntry entry, IFieldSink sink)
    {
        (int at, int length) = (entry.Offset, entry.Length);
        Text("method"u8, Method, sink);
        Text("uri"u8, Uri, sink);
        if (Status is { } status)
        {
            sink.Number("status"u8, status, at, length, StatusClass(status));
        }

        Text("version"u8, Version, sink);
        Text("host"u8, Host, sink);
        Text("user_agent"u8, UserAgent, sink);
        Text("server"u8, Server, sink);
        Text("content_type"u8, ContentType, sink);
        Text("charset"u8, CharsetOf(ContentType), sink);
        Number("content_length"u8, ContentLength, sink);
        Text("content_encoding"u8, ContentEncoding, sink);
        Text("transfer_encoding"u8, TransferEncoding, sink);
        Number("body_bytes"u8, BodyBytes, sink);
        Text("body_sha256"u8, BodySha256, sink);
        Text("method_is"u8, Method is null ? null : MethodMeaning(Method), sink);

        void Text(ReadOnlySpan<byte> name, string? value, IFieldSink to)
        {
            if (value is not null)
            {
                to.Text(name, value, at, length);
            }
        }

        void Number(ReadOnlySpan<byte> name, long? value, IFieldSink to)
        {
            if (value is { } number)
            {
                to.Number(name, number, at, length);
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

    private static HttpMessage? RequestFrom(ReadOnlySpan<byte> line)
    {
        int method = line.IndexOf((byte)' ');
        int version = line.LastIndexOf((byte)' ');
        return method > 0 && version > method && line[(version + 1)..].StartsWith("HTTP/1."u8)
            ? new HttpMessage
            {
                Method = Words.Text(line[..method]),
                Uri = Words.Text(line[(method + 1)..version]),
                Version = Words.Text(line[(version + 1)..]),
            }
            : null;
    }

    private static HttpMessage? ResponseFrom(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> version = Words.First(line, " "u8);
        ReadOnlySpan<byte> rest = line[Math.Min(line.Length, version.Length + 1)..];
        return int.TryParse(Words.First(rest, " "u8), NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            ? new HttpMessage { Version = Words.Text(version), Status = status }
            : null;
    }

    private void Apply(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        // The length decides most; a name is compared with at most two.
        switch (name.Length)
        {
            case 4 when Words.Same(name, "Host"u8):
                Host ??= Words.Text(value);
                break;
            case 6 when Words.Same(name, "Server"u8):
                Server ??= Words.Text(value);
                break;
            case 7 when Words.Same(name, "Upgrade"u8):
                Upgrade ??= Words.Text(value);
                break;
            case 10 when Words.Same(name, "User-Agent"u8):
                UserAgent ??= Words.Text(value);
                break;
            case 12 when Words.Same(name, "Content-Type"u8):
                ContentType ??= Words.Text(value);
                break;
            case 14 when Words.Same(name, "Content-Length"u8) && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long length):
                ContentLength ??= length;
                break;
            case 16 when Words.Same(name, "Content-Encoding"u8):
                ContentEncoding ??= Words.Text(value);
                break;
            case 17 when Words.Same(name, "Transfer-Encoding"u8):
                TransferEncoding ??= Words.Text(value);
                break;
            default:
                break;
        }
    }
}
