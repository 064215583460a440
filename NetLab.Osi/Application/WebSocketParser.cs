using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>
/// Takes one direction of WebSocket apart, frame by frame, and puts messages together: the payload of a frame may come in many
/// segments, a message in many frames, and control frames stand between them (RFC 6455, 5.4).
/// </summary>
/// <param name="protocol">What both directions know in common.</param>
/// <param name="fromClient">Whether the client sends in it.</param>
internal sealed class WebSocketParser(WebSocketProtocol protocol, bool fromClient) : StreamParser
{
    // What is longer is shown by its frames alone.
    private const int MaxMessage = 64 << 10;

    // 5.5 allows 125 bytes; who sends more is shown what it sent.
    private const int MaxControl = 4 << 10;

    private readonly List<byte> _message = [];
    private readonly List<byte> _control = [];
    private MessageInflater? _inflater;
    private WebSocketFrame? _frame;
    private long _left;
    private int _unmasked;
    private int _kind = WebSocketFrame.Continuation;
    private bool _isCompressed;
    private bool _isLost;
    private int _held;

    public override Protocol Protocol => WebSocketProtocol.Value;

    public override void GiveUp()
    {
        _held = 0;
        Lose();
        _inflater = null;
        protocol.GiveUpInner();
    }

    /// <inheritdoc/>
    /// <remarks>Frames go on where the hole lies within a payload.</remarks>
    public override bool Skip(in StreamSegment segment, long missing)
    {
        if (_frame is null || missing > _left)
        {
            return false;
        }

        Lose();
        _inflater = null;
        _left -= missing;
        if (_left == 0)
        {
            Complete(segment);
        }

        return true;
    }

    public override void OnEnd(in StreamSegment segment)
    {
        Lose();
        _inflater = null;
        Account(segment);
        protocol.EndInner(segment);
    }

    public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (true)
        {
            if (_frame is null)
            {
                int header = ReadHeader(bytes[at..]);
                if (header <= 0)
                {
                    return header < 0 ? NotMine : at;
                }

                if (segment.Side.IsResuming && !_frame!.IsLikely(fromClient))
                {
                    _frame = null;
                    return NotMine;
                }

                at += header;
                Begin();
            }

            int step = (int)Math.Min(_left, bytes.Length - at);
            Keep(bytes.Slice(at, step));
            (at, _left) = (at + step, _left - step);
            if (_left > 0)
            {
                Account(segment);
                return at;
            }

            Complete(segment);
        }
    }

    // Returns the header's length, 0 for more bytes needed, -1 for no WebSocket.
    private int ReadHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2)
        {
            return 0;
        }

        int code = bytes[1] & 0x7F;
        int size = 2 + (code == 126 ? 2 : code == 127 ? 8 : 0);
        bool isMasked = (bytes[1] & 0x80) != 0;
        int header = size + (isMasked ? 4 : 0);
        if (bytes.Length < header)
        {
            return 0;
        }

        long length = code switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            127 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => code,
        };

        // 5.2: the highest bit of 64 must be 0.
        if (length < 0)
        {
            return -1;
        }

        _frame = new WebSocketFrame(bytes[0], code, length, isMasked ? BinaryPrimitives.ReadUInt32BigEndian(bytes[size..]) : null);
        return header;
    }

    private void Begin()
    {
        _left = _frame!.Length;
        _unmasked = 0;
        _control.Clear();
        if (_frame is { IsControl: false, Opcode: not WebSocketFrame.Continuation })
        {
            Lose();
            (_kind, _isCompressed, _isLost) = (_frame.Opcode, _frame.IsCompressed, false);
        }
    }

    private void Keep(ReadOnlySpan<byte> payload)
    {
        List<byte> to = _frame!.IsControl ? _control : _message;
        if ((_frame.IsControl ? to.Count + payload.Length > MaxControl : _isLost) || payload.IsEmpty)
        {
            return;
        }

        if (to.Count + payload.Length > MaxMessage)
        {
            Lose();
            return;
        }

        int from = to.Count;
        to.AddRange(payload);
        if (_frame.Key is { } key)
        {
            // 5.3: byte i of a payload is masked by byte i of the key, around and around.
            foreach (ref byte b in CollectionsMarshal.AsSpan(to)[from..])
            {
                b ^= (byte)(key >> (24 - (8 * (_unmasked++ & 3))));
            }
        }
    }

    private void Complete(in StreamSegment segment)
    {
        WebSocketFrame frame = _frame!;
        WebSocketFrames frames = segment.Layer(WebSocketProtocol.Value, static () => new WebSocketFrames());
        _frame = null;
        byte[]? message = null;
        if (frame.IsControl)
        {
            frame.ContentKind = frame.Opcode;
            frame.Content = frame.Length <= MaxControl && _control.Count == frame.Length ? [.. _control] : null;
        }
        else if (frame.IsFinal && !_isLost && _kind != WebSocketFrame.Continuation)
        {
            message = !_isCompressed ? [.. _message] : frames.HasRoom ? Inflate(segment) : null;

            // A message that refers to one that was not inflated is refused by itself.
            _inflater = _isCompressed && message is null ? null : _inflater;
            frame.ContentKind = _kind;
            frame.Content = message;
        }

        if (frame is { IsControl: false, IsFinal: true })
        {
            Lose();
            _kind = WebSocketFrame.Continuation;
        }

        Account(segment);
        frames.Add(frame);
        if (message is { Length: > 0 })
        {
            Deliver(segment, message, isText: frame.ContentKind == WebSocketFrame.TextMessage);
        }
    }

    private byte[]? Inflate(in StreamSegment segment)
    {
        _inflater ??= new MessageInflater();
        return _inflater.Inflate(CollectionsMarshal.AsSpan(_message), MaxMessage, segment.Recall(ContentBudget.Slot));
    }

    // A whole message says by its bytes what it is; MQTT and the like have messages of their own in a stream of these.
    private void Deliver(in StreamSegment segment, byte[] message, bool isText)
    {
        bool isJson = JsonScanner.MayBe(message) && segment.Dissect(JsonProtocol.Value, message, message.Length);
        if (!isJson && protocol.Inner(isText) is { } inner)
        {
            inner.Accept(segment.Inside(inner), message);
        }
    }

    private void Lose()
    {
        _isLost = true;
        _message.Clear();
        _message.Capacity = 0;
    }

    // What is kept of a message that goes on, and for later ones, counts like bytes that wait.
    private void Account(in StreamSegment segment)
    {
        int holds = _message.Capacity + (_inflater?.Held ?? 0);
        if (holds > _held && !segment.TryHold(holds - _held))
        {
            Lose();
            _inflater = null;
            holds = 0;
        }

        if (holds < _held)
        {
            segment.Release(_held - holds);
        }

        _held = holds;
    }
}
