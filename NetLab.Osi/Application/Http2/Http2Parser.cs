using System.Buffers.Binary;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Http2;

/// <summary>Takes one direction of HTTP/2 apart, frame by frame: header fields, and the bodies that somebody takes apart.</summary>
/// <param name="protocol">What both directions know in common.</param>
/// <param name="fromClient">Whether the client sends in it.</param>
internal sealed class Http2Parser(Http2Protocol protocol, bool fromClient) : StreamParser
{
    // A block beyond it is not put together; nobody's is as long.
    private const int LongestBlock = 64 << 10;

    private readonly HpackDecoder _decoder = new();
    private readonly Http2Bodies _bodies = new(protocol, fromClient);
    private List<byte>? _block;
    private uint? _openStream;
    private Http2Frame _frame;
    private bool _sawFirst;
    private bool _isResuming;
    private bool _endsStream;
    private int _left = -1;

    // Bytes behind the content of a DATA frame; -1 until its first byte has said how many.
    private int _padding;
    private long _held;

    public override Protocol Protocol => Http2Protocol.Value;

    /// <inheritdoc/>
    /// <remarks>Frames go on; without the table their header fields say nothing.</remarks>
    public override void GiveUp()
    {
        Forget();
        _bodies.Clear();
        _held = 0;
    }

    /// <inheritdoc/>
    /// <remarks>Frames go on where the hole lies in one that is passed over, or else with a segment that begins like one.</remarks>
    public override bool Skip(in StreamSegment segment, long missing)
    {
        _bodies.Remove(_frame.Stream);
        if (_left >= missing)
        {
            _left -= (int)missing;
            Account(segment);
            return true;
        }

        Forget();
        _bodies.Clear();
        Account(segment);
        (_left, _openStream, _sawFirst, _isResuming) = (-1, null, true, true);
        return true;
    }

    public override void OnEnd(in StreamSegment segment)
    {
        Forget();
        _bodies.Clear();
        Account(segment);
    }

    public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        if (!_sawFirst)
        {
            if (Http2Protocol.MayBegin(bytes) || (Http2Protocol.Begins(bytes) && bytes.Length < Http2Protocol.Preface.Length))
            {
                return 0;
            }

            at = bytes.StartsWith(Http2Protocol.Preface) ? Http2Protocol.Preface.Length : 0;
            _sawFirst = true;
        }

        while (true)
        {
            if (_left < 0)
            {
                if (bytes.Length - at < Http2Frame.HeaderSize)
                {
                    return at;
                }

                _frame = Read(bytes[at..]);
                if (_isResuming && !_frame.IsLikely)
                {
                    return bytes.Length;
                }

                _isResuming = false;
                if (_frame.HasHeaders && _frame.Length <= LongestBlock)
                {
                    int end = at + Http2Frame.HeaderSize + _frame.Length;
                    if (end > bytes.Length)
                    {
                        return at;
                    }

                    TakeHeaders(segment, bytes[(at + Http2Frame.HeaderSize)..end]);
                    at = end;
                    continue;
                }

                if (_frame.HasHeaders || _openStream is not null)
                {
                    // Too long for anybody, or in the middle of a block.
                    Forget();
                    _openStream = null;
                    Account(segment);
                }

                (_left, at) = (_frame.Length, at + Http2Frame.HeaderSize);
                _padding = _frame.IsPadded ? -1 : 0;
            }

            int step = Math.Min(_left, bytes.Length - at);
            (int from, int leftBefore) = (at, _left);
            (at, _left) = (at + step, _left - step);
            bool isWhole = _left == 0;
            if (isWhole)
            {
                Add(segment, null);
                _left = -1;
            }

            if (_frame.Type == Http2FrameType.Data)
            {
                TakeContent(segment, bytes.Slice(from, step), leftBefore);
            }

            if (!isWhole)
            {
                return at;
            }

            EndFrame(segment);
        }
    }

    private static Http2Frame Read(ReadOnlySpan<byte> header)
    {
        uint word = BinaryPrimitives.ReadUInt32BigEndian(header);
        return new Http2Frame((Http2FrameType)(word & 0xFF), header[4], BinaryPrimitives.ReadUInt32BigEndian(header[5..]) & 0x7FFF_FFFF, (int)(word >> 8));
    }

    private void Add(in StreamSegment segment, List<HeaderField>? fields) =>
        segment.Layer(Http2Protocol.Value, static () => new Http2Detail()).Add(_frame, fields);

    private void Forget()
    {
        _decoder.Lose();
        _block = null;
    }

    // Of a DATA frame, all but its padding (6.1).
    private void TakeContent(in StreamSegment segment, ReadOnlySpan<byte> payload, int left)
    {
        if (_padding < 0 && !payload.IsEmpty)
        {
            _padding = payload[0];
            payload = payload[1..];
            left--;
        }

        int content = Math.Clamp(left - Math.Max(0, _padding), 0, payload.Length);
        _bodies.Append(segment, _frame.Stream, payload[..content]);
    }

    private void EndFrame(in StreamSegment segment)
    {
        if (_frame.EndsStream)
        {
            _bodies.End(segment, _frame.Stream);
        }
        else if (_frame.Type == Http2FrameType.RstStream)
        {
            _bodies.Remove(_frame.Stream);
        }

        Account(segment);
    }

    private void TakeHeaders(in StreamSegment segment, ReadOnlySpan<byte> payload)
    {
        bool goesOn = _frame.Type == Http2FrameType.Continuation;

        // 6.10: a block's parts come one behind the other, with nothing in between.
        if (goesOn != (_openStream is not null) || (goesOn && _openStream != _frame.Stream)
            || !_frame.TryFindBlock(payload, out ReadOnlySpan<byte> part) || (_block?.Count ?? 0) + part.Length > LongestBlock)
        {
            Forget();
            part = default;
        }

        List<HeaderField>? fields = null;
        _openStream = _frame.EndsHeaders ? null : _frame.Stream;
        if (!_decoder.IsLost)
        {
            if (_block is not null || !_frame.EndsHeaders)
            {
                (_block ??= []).AddRange(part);
            }

            if (_frame.EndsHeaders)
            {
                fields = _decoder.Decode(_block is null ? part : System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_block));
                _block = null;
            }
        }

        Add(segment, fields);
        _endsStream = goesOn ? _endsStream : _frame.EndsStream;
        if (fields is not null && _frame.Type != Http2FrameType.PushPromise)
        {
            _bodies.Begin(segment, _frame.Stream, fields);
        }

        if (_endsStream && _frame.EndsHeaders)
        {
            _bodies.End(segment, _frame.Stream);
        }

        Account(segment);
    }

    // What is kept for later blocks counts like bytes that wait; a character takes two.
    private void Account(in StreamSegment segment)
    {
        long holds = (2L * _decoder.TableSize) + (_block?.Capacity ?? 0) + _bodies.Held;
        if (holds > _held && !segment.TryHold(holds - _held))
        {
            Forget();
            _bodies.Clear();
            holds = 0;
        }

        if (holds < _held)
        {
            segment.Release(_held - holds);
        }

        _held = holds;
    }
}
