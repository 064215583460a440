using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Mail;

/// <summary>Puts a mail together that a dialog carries, and hands it over when it is whole. What is longer than a bound is shown as far as that.</summary>
internal sealed class MailCollector
{
    private const int MaxBytes = 256 << 10;

    private readonly List<byte> _bytes = [];
    private int _held;
    private bool _isLost;

    /// <summary>Whether it holds any bytes.</summary>
    public bool HoldsBytes => _held > 0;

    /// <summary>A line of the mail, without its end.</summary>
    public void Line(in StreamSegment segment, ReadOnlySpan<byte> line)
    {
        Append(segment, line);
        Append(segment, "\r\n"u8);
    }

    /// <summary>Bytes of the mail.</summary>
    public void Append(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, MaxBytes - _bytes.Count)];
        if (_isLost || bytes.IsEmpty)
        {
            return;
        }

        _bytes.AddRange(bytes);
        if (_bytes.Capacity > _held)
        {
            if (!segment.TryHold(_bytes.Capacity - _held))
            {
                // All streams together hold too much.
                segment.Release(_held);
                Forget();
                _isLost = true;
                return;
            }

            _held = _bytes.Capacity;
        }
    }

    /// <summary>The mail is whole.</summary>
    public void End(in StreamSegment segment)
    {
        if (_bytes.Count > 0)
        {
            segment.Dissect(ImfProtocol.Value, [.. _bytes], _bytes.Count);
        }

        segment.Release(_held);
        Forget();
        _isLost = false;
    }

    /// <summary>Lets go of what there is; the stream does not hold it any more.</summary>
    public void Forget()
    {
        _bytes.Clear();
        _bytes.Capacity = 0;
        _held = 0;
    }
}
