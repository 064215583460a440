using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace NetLab.Osi.Rendering;

/// <summary>Text in UTF-8 that grows as it is written, and is written out in large pieces.</summary>
internal sealed class Utf8Text
{
    private const int FlushSize = 64 << 10;
    private const int MaxNumber = 20;

    private byte[] _bytes = new byte[FlushSize + 8192];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>The last byte written; 0 if there is none.</summary>
    public byte Last => Length == 0 ? (byte)0 : _bytes[Length - 1];

    public void Append(byte value)
    {
        EnsureRoom(1);
        _bytes[Length++] = value;
    }

    public void Append(ReadOnlySpan<byte> utf8)
    {
        EnsureRoom(utf8.Length);
        utf8.CopyTo(_bytes.AsSpan(Length));
        Length += utf8.Length;
    }

    public void Append(string text)
    {
        EnsureRoom(3 * text.Length);
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
    }

    public void Append(long value)
    {
        EnsureRoom(MaxNumber);
        if ((ulong)value < 10)
        {
            _bytes[Length++] = (byte)('0' + value);
            return;
        }

        Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out int written);
        Length += written;
    }

    public void Append(ulong value)
    {
        EnsureRoom(MaxNumber);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out int written);
        Length += written;
    }

    /// <summary>A number with spaces before it, so that it is at least so wide.</summary>
    public void AppendRight(long value, int width)
    {
        EnsureRoom(width + MaxNumber);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length + width), out int written);
        int pad = Math.Max(0, width - written);
        _bytes.AsSpan(Length, pad).Fill((byte)' ');
        _bytes.AsSpan(Length + width, written).CopyTo(_bytes.AsSpan(Length + pad));
        Length += pad + written;
    }

    /// <summary>A number with zeros before it, so that it is at least so wide.</summary>
    public void AppendZeros(long value, int width)
    {
        EnsureRoom(width + MaxNumber);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out int written, new StandardFormat('D', (byte)width));
        Length += written;
    }

    /// <summary>Room to write into directly; <see cref="Advance"/> says how much was.</summary>
    public Span<byte> GetSpan(int size)
    {
        EnsureRoom(size);
        return _bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public void Clear() => Length = 0;

    /// <summary>Takes back what was written behind a place.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Writes all out when it has become large.</summary>
    public void FlushIfLarge(Stream output)
    {
        if (Length >= FlushSize)
        {
            Flush(output);
        }
    }

    public void Flush(Stream output)
    {
        output.Write(Written);
        Length = 0;
    }

    private void EnsureRoom(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }
    }
}
