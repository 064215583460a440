using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Mail;

/// <summary>Puts a mail together that a dialog carries, and hands it over when it is whole. What is longer than a bound is shown as far as that.</summary>
internal sealed class MailCollector
{
    private const int MaxBytes = 256 << 10;

    // Who wants whole mails gets them up to here, as the bodies of HTTP.
    private const int MaxObject = 32 << 20;

    private readonly List<byte> _bytes = [];
    private int _held;
    private bool _isLost;
    private bool _isCut;

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
        int room = (segment.Options.ObjectFound is null ? MaxBytes : MaxObject) - _bytes.Count;
        _isCut |= bytes.Length > room;
        bytes = bytes[..Math.Min(bytes.Length, room)];
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
            Hand(segment);
            segment.Dissect(ImfProtocol.Value, [.. _bytes], _bytes.Count);
        }

        segment.Release(_held);
        Forget();
        _isLost = false;
    }

    private void Hand(in StreamSegment segment)
    {
        if (segment.Options.ObjectFound is { } found && !_isLost && !_isCut && segment.Side.Parser is { } parser)
        {
            found(new CarriedObject(parser.Protocol.Name, segment.PacketNumber, segment.Stream.Number, "mail.eml", "message/rfc822", _bytes.ToArray()));
        }

        _isCut = false;
    }

    /// <summary>Lets go of what there is; the stream does not hold it any more.</summary>
    public void Forget()
    {
        _bytes.Clear();
        _bytes.Capacity = 0;
        _held = 0;
    }
}
