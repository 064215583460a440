using System.Globalization;
using System.Text;
using NetLab.Osi.Presentation;

namespace NetLab.Osi.Application;

/// <summary>
/// Finds HTTP/1.x messages in one direction of a stream, resumable at every byte. The first bytes decide whether it is
/// HTTP at all; after the first contradiction the rest of the direction is left alone.
/// </summary>
/// <param name="methods">Methods of requests not yet answered: the direction of requests adds, that of responses takes.</param>
internal sealed class HttpParser(Queue<string> methods)
{
    // Servers refuse more than 8 to 32 KiB of header; what is longer is no header we could show.
    private const int MaxHeaderBytes = 64 << 10;
    private const int MaxPipelined = 1000;

    // Methods are tokens of any length (RFC 9110, 9.1); none that is registered is longer than this.
    private const int MaxMethodBytes = 20;

    private readonly List<byte> _header = [];
    private readonly ChunkedCoding _chunked = new();
    private bool _methodEnded;
    private long _bodyLeft;
    private Mode _mode = Mode.Header;

    private enum Mode
    {
        Header,
        Body,
        Chunked,
        UntilClose,
        NotHttp,
    }

    /// <summary>Takes bytes in order.</summary>
    /// <param name="bytes">They.</param>
    /// <param name="messages">Gets the messages whose header is complete.</param>
    public void Accept(ReadOnlySpan<byte> bytes, List<HttpMessage> messages)
    {
        while (!bytes.IsEmpty)
        {
            switch (_mode)
            {
                case Mode.Header:
                    bytes = TakeHeader(bytes, messages);
                    break;
                case Mode.Body:
                    int step = (int)Math.Min(_bodyLeft, bytes.Length);
                    _bodyLeft -= step;
                    bytes = bytes[step..];
                    _mode = _bodyLeft == 0 ? Mode.Header : Mode.Body;
                    break;
                case Mode.Chunked:
                    bytes = _chunked.Accept(bytes, out bool done, out bool bad);
                    _mode = bad ? Mode.NotHttp : done ? Mode.Header : Mode.Chunked;
                    break;
                default:
                    return;
            }
        }
    }

    private ReadOnlySpan<byte> TakeHeader(ReadOnlySpan<byte> bytes, List<HttpMessage> messages)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            // RFC 9112, 2.2: empty lines before a message are passed over.
            if (_header.Count == 0 && bytes[i] is (byte)'\r' or (byte)'\n')
            {
                continue;
            }

            _header.Add(bytes[i]);
            if (_header.Count > MaxHeaderBytes || !MayBegin())
            {
                _mode = Mode.NotHttp;
                _header.Clear();
                return default;
            }

            if (bytes[i] == (byte)'\n' && EndsHeader())
            {
                Complete(messages);
                return bytes[(i + 1)..];
            }
        }

        return default;
    }

    private bool EndsHeader()
    {
        int n = _header.Count;
        return (n >= 2 && _header[n - 2] == (byte)'\n') || (n >= 3 && _header[n - 2] == (byte)'\r' && _header[n - 3] == (byte)'\n');
    }

    // Looked at while the first line comes in, so that a binary protocol is let go of after a few bytes.
    private bool MayBegin()
    {
        if (_methodEnded)
        {
            return true;
        }

        byte last = _header[^1];
        if (last == (byte)' ')
        {
            _methodEnded = true;
            return _header.Count > 1;
        }

        // Upper case and a few signs: every method in use, and the "HTTP/1.1" of a response.
        return _header.Count <= MaxMethodBytes && (char.IsAsciiLetterUpper((char)last) || char.IsAsciiDigit((char)last) || last is (byte)'-' or (byte)'_' or (byte)'/' or (byte)'.');
    }

    private void Complete(List<HttpMessage> messages)
    {
        string[] lines = Encoding.Latin1.GetString([.. _header]).Split('\n');
        _header.Clear();
        _methodEnded = false;
        string[] first = lines[0].TrimEnd('\r').Split(' ', 3);
        HttpMessage? message = first[0].StartsWith("HTTP/1.", StringComparison.Ordinal) ? ResponseFrom(first) : RequestFrom(first);
        if (message is null)
        {
            _mode = Mode.NotHttp;
            return;
        }

        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                Apply(message, line[..colon].Trim(), line[(colon + 1)..].Trim());
            }
        }

        messages.Add(message);
        _mode = BodyOf(message);
    }

    private static HttpMessage? RequestFrom(string[] words) =>
        words.Length == 3 && words[2].StartsWith("HTTP/1.", StringComparison.Ordinal)
            ? new HttpMessage { Method = words[0], Uri = words[1], Version = words[2] }
            : null;

    private static HttpMessage? ResponseFrom(string[] words) =>
        words.Length >= 2 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            ? new HttpMessage { Version = words[0], Status = status }
            : null;

    private static void Apply(HttpMessage message, string name, string value)
    {
        switch (name.ToUpperInvariant())
        {
            case "HOST":
                message.Host ??= value;
                break;
            case "USER-AGENT":
                message.UserAgent ??= value;
                break;
            case "SERVER":
                message.Server ??= value;
                break;
            case "CONTENT-TYPE":
                message.ContentType ??= value;
                break;
            case "CONTENT-LENGTH" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long length):
                message.ContentLength ??= length;
                break;
            case "CONTENT-ENCODING":
                message.ContentEncoding ??= value;
                break;
            case "TRANSFER-ENCODING":
                message.TransferEncoding ??= value;
                break;
            default:
                break;
        }
    }

    // How the body ends (RFC 9112, 6.3).
    private Mode BodyOf(HttpMessage message)
    {
        bool isResponse = message.Status is not null;
        if (!isResponse)
        {
            if (methods.Count < MaxPipelined)
            {
                methods.Enqueue(message.Method!);
            }
        }
        else
        {
            bool final = message.Status is < 100 or >= 200;
            string? method = final && methods.TryDequeue(out string? asked) ? asked : null;
            if (!final || method == "HEAD" || message.Status is 204 or 304)
            {
                return Mode.Header;
            }

            if (method == "CONNECT" && message.Status < 300)
            {
                return Mode.NotHttp;
            }
        }

        if (message.IsChunked)
        {
            _chunked.Begin();
            return Mode.Chunked;
        }

        _bodyLeft = message.ContentLength ?? 0;
        return _bodyLeft > 0 ? Mode.Body : message.ContentLength is null && isResponse ? Mode.UntilClose : Mode.Header;
    }
}
