using System.Globalization;
using NetLab.Osi.Application.Http2;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>Finds the messages of one direction of HTTP/1.x. A message is shown on the packet that completes it.</summary>
internal sealed class HttpParser(HttpProtocol protocol) : StreamParser
{
    // Servers refuse more than 8 to 32 KiB of header; what is longer is no header we could show.
    private const int MaxHeaderBytes = 64 << 10;

    // A body that a protocol takes apart is one message of it, not a file.
    private const int MaxReadBody = 1 << 20;

    private readonly ChunkedCoding _chunked = new();
    private HttpMessage? _message;
    private BodyDigest? _body;
    private long _left;
    private Mode _mode;
    private bool _isResuming;
    private string? _uri;

    // Takes the body apart once it is whole, because of its media type; null if it is none that is known.
    private Protocol? _reader;

    private enum Mode
    {
        Header,
        Length,
        Chunked,
        UntilClose,
    }

    public override Protocol Protocol => HttpProtocol.Value;

    public override bool HoldsBytes => _body is { Kept: > 0 };

    public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            int taken = _mode == Mode.Header ? TakeHeader(segment, bytes[at..]) : TakeBody(segment, bytes[at..]);
            if (taken == NotMine)
            {
                return NotMine;
            }

            at += taken;
            if (taken == 0 || segment.Side.Parser != this)
            {
                break;
            }
        }

        return at;
    }

    public override void GiveUp() => _body = null;

    public override bool Skip(in StreamSegment segment, long missing)
    {
        Lose(segment);
        _isResuming = true;
        if (_mode == Mode.Length && missing < _left)
        {
            _left -= missing;
        }
        else if (_mode is Mode.Length or Mode.Chunked)
        {
            // Where the body ends is not known; what comes next may be a message.
            Complete(segment);
        }

        return true;
    }

    public override void OnCut(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        if (_mode == Mode.Header)
        {
            ShowCutHeader(segment, bytes);
            return;
        }

        // The body will never be whole, but the header is: it is shown now, and the hole is passed over as the rest of the body.
        Lose(segment);
        (Mode mode, long left) = (_mode, _left);
        Complete(segment);
        (_mode, _left) = mode == Mode.Chunked ? (Mode.Header, 0) : (mode, left);
        _isResuming = true;
    }

    public override void OnEnd(in StreamSegment segment)
    {
        // RFC 9112, 6.3: a response without a length ends with its connection. Any other that ends here is not whole.
        if (_mode != Mode.Header)
        {
            if (_mode != Mode.UntilClose)
            {
                Lose(segment);
            }

            Complete(segment);
        }
    }

    private int TakeHeader(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        // RFC 9112, 2.2: empty lines before a message are passed over.
        int blank = bytes.IndexOfAnyExcept((byte)'\r', (byte)'\n');
        if (blank != 0)
        {
            return blank < 0 ? bytes.Length : blank;
        }

        if (Http2Protocol.Begins(bytes))
        {
            // A client that knows beforehand speaks HTTP/2 on any port (RFC 9113, 3.3).
            protocol.Application.Switch(new Http2Protocol());
            return 0;
        }

        bool isBare = protocol.MayResume && !_isResuming && !HttpProtocol.Begins(bytes) && HttpProtocol.BeginsWithMethod(bytes) && bytes.IndexOf((byte)'\n') >= 0;
        if (!isBare && !HttpProtocol.Begins(bytes))
        {
            if (HttpProtocol.MayBegin(bytes))
            {
                return 0;
            }

            // In the middle of a message whose header was not captured: the next one begins with a segment.
            return protocol.MayResume || _isResuming ? bytes.Length : NotMine;
        }

        int end = bytes.IndexOf("\r\n\r\n"u8);
        int size = end + 4;
        int bare = (end < 0 ? bytes : bytes[..end]).IndexOf("\n\n"u8);
        if (bare >= 0)
        {
            (end, size) = (bare, bare + 2);
        }

        if (end < 0)
        {
            return bytes.Length > MaxHeaderBytes ? NotMine : 0;
        }

        if (HttpMessage.Read(bytes[..end]) is not { } message)
        {
            return protocol.MayResume || _isResuming ? size : NotMine;
        }

        Begin(segment, message);
        return size;
    }

    // What there is of a header says what it says; where its message ends is not known.
    private void ShowCutHeader(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        if (!HttpProtocol.Begins(bytes) || HttpMessage.ReadCut(bytes) is not { } message)
        {
            return;
        }

        if (message.Method is { } method)
        {
            protocol.Asked(method, message.Uri);
        }
        else
        {
            protocol.Answered(out _);
        }

        segment.Layer(HttpProtocol.Value, static () => new HttpDetail()).Add(message);
        _isResuming = true;
    }

    // How the body ends (RFC 9112, 6.3).
    private void Begin(in StreamSegment segment, HttpMessage message)
    {
        _message = message;
        _body = null;
        string? method = message.Method;
        if (message.Status is { } status)
        {
            bool isFinal = status is < 100 or >= 200;
            method = isFinal ? protocol.Answered(out _uri) : null;
            if (status == 101)
            {
                Complete(segment);
                protocol.Application.Switch(Upgraded(protocol.Application, message.Upgrade), StreamApplication.NoPort);
                return;
            }

            if (!isFinal || method == "HEAD" || status is 204 or 304)
            {
                Complete(segment);
                return;
            }

            if (method == "CONNECT" && status < 300)
            {
                // What is spoken in the tunnel is said by the port that it leads to, if at all.
                Complete(segment);
                protocol.Application.Switch(null, PortOf(_uri));
                return;
            }
        }
        else
        {
            _uri = message.Uri;
            protocol.Asked(method!, message.Uri);
        }

        _reader = message.ContentType is { } type ? segment.Registry.FindContentType(type)?.Protocol : null;
        if (segment.Options.DecodeBodies || _reader is not null)
        {
            _body = new BodyDigest(message.ContentEncoding, segment.Recall(ContentBudget.Slot), _reader is not null || segment.Options.ObjectFound is not null, segment.Options.IsCopied);
        }

        if (message.IsChunked && message.Method != "HEAD")
        {
            _chunked.Begin();
            _mode = Mode.Chunked;
            return;
        }

        // A HEAD asks for no content and brings none (RFC 9110, 9.3.2), whatever its fields say.
        _left = message.Method == "HEAD" ? 0 : message.ContentLength ?? 0;
        _mode = _left > 0 ? Mode.Length : message.ContentLength is null && message.Status is not null ? Mode.UntilClose : Mode.Header;
        if (_mode == Mode.Header)
        {
            Complete(segment);
        }
    }

    private int TakeBody(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        switch (_mode)
        {
            case Mode.Length:
                int step = (int)Math.Min(_left, bytes.Length);
                _left -= step;
                Keep(segment, bytes[..step]);
                if (_left == 0)
                {
                    Complete(segment);
                }

                return step;
            case Mode.Chunked:
                long kept = _body?.Kept ?? 0;
                ReadOnlySpan<byte> rest = _chunked.Accept(bytes, _body, out bool done, out bool bad);
                Account(segment, kept);
                if (bad)
                {
                    // The header is right, whatever its body is.
                    Lose(segment);
                    Complete(segment);
                    return NotMine;
                }

                if (done)
                {
                    Complete(segment);
                }

                return bytes.Length - rest.Length;
            default:
                Keep(segment, bytes);
                return bytes.Length;
        }
    }

    private void Keep(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        long kept = _body?.Kept ?? 0;
        _body?.Append(bytes);
        Account(segment, kept);
    }

    private void Account(in StreamSegment segment, long before)
    {
        long more = (_body?.Kept ?? 0) - before;
        if (more < 0)
        {
            segment.Release(-more);
        }
        else if (more > 0 && !segment.TryHold(more))
        {
            segment.Release(before);
            _body = null;
        }
    }

    // All streams together hold too much: this body will not be known.
    private void Lose(in StreamSegment segment)
    {
        segment.Release(_body?.Kept ?? 0);
        _body = null;
    }

    private void Complete(in StreamSegment segment)
    {
        _mode = Mode.Header;
        long kept = _body?.Kept ?? 0;
        ReadOnlyMemory<byte> body = default;
        if (_body?.Finish() is { } digest)
        {
            if (segment.Options.DecodeBodies)
            {
                (_message!.BodyBytes, _message.BodySha256) = (digest.Bytes, digest.Sha256);
            }

            body = _reader is null ? default : _body.Content ?? default;
            if (segment.Options.ObjectFound is { } found && _body.Content is { } content)
            {
                found(new CarriedObject(Protocol.Name, segment.PacketNumber, segment.Stream.Number, _uri, _message!.ContentType, content));
            }
        }

        segment.Release(kept);
        if (_message is not null)
        {
            segment.Layer(HttpProtocol.Value, static () => new HttpDetail()).Add(_message);
            if (_message.SecurityToken is { } token && segment.Registry.FindProtocol("gss_api") is { } security)
            {
                segment.DissectInside(security.Protocol, token);
            }
        }

        if (!body.IsEmpty && body.Length <= MaxReadBody)
        {
            segment.Dissect(_reader!, body.Span, body.Length);
        }

        (_message, _body, _reader) = (null, null, null);
    }

    // What follows a 101 (RFC 9110, 15.2.2); null if it is not known here, so that its bytes have to say.
    private static StreamProtocol? Upgraded(StreamApplication application, string? upgrade)
    {
        if (upgrade?.Contains("websocket", StringComparison.OrdinalIgnoreCase) == true)
        {
            return new WebSocketProtocol(application);
        }

        // RFC 7540, 3.2: from the next byte on, the server speaks HTTP/2; the client begins with its preface.
        return upgrade?.Contains("h2c", StringComparison.OrdinalIgnoreCase) == true ? new Http2Protocol() : null;
    }

    // CONNECT example.org:22 (RFC 9110, 9.3.6).
    private static int PortOf(string? authority) =>
        authority is not null && int.TryParse(authority.AsSpan(authority.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536
            ? port
            : StreamApplication.NoPort;
}
