namespace NetLab.Osi.Presentation;

/// <summary>The chunked transfer coding (RFC 9112, 7.1), resumable at every byte: finds a body's bytes and where it ends.</summary>
internal sealed class ChunkedCoding
{
    private long _size;
    private int _digits;
    private int _lineLength;
    private State _state;

    private enum State
    {
        Size,
        Extension,
        Data,
        DataEnd,
        Trailer,
    }

    /// <summary>A body begins.</summary>
    public void Begin() => (_state, _size, _digits, _lineLength) = (State.Size, 0, 0, 0);

    /// <summary>Takes bytes of the body.</summary>
    /// <param name="bytes">They, and what comes after.</param>
    /// <param name="body">Gets the bytes without the coding; or null.</param>
    /// <param name="done">Whether the body ended.</param>
    /// <param name="bad">Whether it breaks the rules.</param>
    /// <returns>What was not taken.</returns>
    public ReadOnlySpan<byte> Accept(ReadOnlySpan<byte> bytes, BodyDigest? body, out bool done, out bool bad)
    {
        (done, bad) = (false, false);
        while (!bytes.IsEmpty && !done && !bad)
        {
            if (_state == State.Data)
            {
                int step = (int)Math.Min(_size, bytes.Length);
                _size -= step;
                body?.Append(bytes[..step]);
                bytes = bytes[step..];
                _state = _size == 0 ? State.DataEnd : State.Data;
                continue;
            }

            byte b = bytes[0];
            bytes = bytes[1..];
            switch (_state)
            {
                case State.Size when char.IsAsciiHexDigit((char)b):
                    // Sixteen digits are more than any body; one more would wrap around.
                    bad = ++_digits > 15;
                    _size = (_size * 16) + (char.IsAsciiDigit((char)b) ? b - '0' : (b | 0x20) - 'a' + 10);
                    break;
                case State.Size or State.Extension when b == (byte)'\n':
                    bad = _digits == 0;
                    _state = _size == 0 ? State.Trailer : State.Data;
                    (_digits, _lineLength) = (0, 0);
                    break;
                case State.Size when b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)';':
                    // Blanks may stand around the size (RFC 9112, 7.1.1 has them before an extension; some servers fill up with them).
                    _state = _digits == 0 ? State.Size : State.Extension;
                    bad = _digits == 0 && b is (byte)';' or (byte)'\r';
                    break;
                case State.Size:
                    bad = true;
                    break;
                case State.DataEnd when b == (byte)'\n':
                    (_state, _size, _digits) = (State.Size, 0, 0);
                    break;
                case State.DataEnd:
                    bad = b != (byte)'\r';
                    break;
                case State.Trailer when b == (byte)'\n':
                    done = _lineLength == 0;
                    _lineLength = 0;
                    break;
                case State.Trailer:
                    _lineLength += b == (byte)'\r' ? 0 : 1;
                    break;
                default:
                    break;
            }
        }

        return bytes;
    }
}
