namespace NetLab.Osi.Application.Mail;

/// <summary>The fields of a header as RFC 5322, 2.2 has them, one after another: a line that begins with a blank continues the one before it.</summary>
/// <param name="message">The message from its first line on.</param>
internal ref struct MailHeader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>The field's name.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Its value as it stands there, line ends within it and all.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where its value begins.</summary>
    public int ValueOffset { get; private set; }

    /// <summary>Where the next field begins; at the end of the header, where the body does.</summary>
    public int End { get; private set; }

    /// <summary>Moves to the next field; false at the empty line that ends the header, at the end of the message, or at a line that is none.</summary>
    public bool MoveNext()
    {
        int start = End;
        int end = start;
        do
        {
            int line = _message[end..].IndexOf((byte)'\n');
            end = line < 0 ? _message.Length : end + line + 1;
        }
        while (end < _message.Length && end > start && _message[end] is (byte)' ' or (byte)'\t' && _message[start] is not ((byte)'\r' or (byte)'\n'));

        ReadOnlySpan<byte> field = _message[start..end].TrimEnd("\r\n"u8);
        if (field.IsEmpty)
        {
            End = end;
            return false;
        }

        int colon = field.IndexOf((byte)':');
        if (colon <= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = field[(colon + 1)..];
        ReadOnlySpan<byte> value = rest.TrimStart(" \t"u8);
        Name = field[..colon].TrimEnd((byte)' ');
        Value = value;
        (ValueOffset, End) = (start + colon + 1 + rest.Length - value.Length, end);
        return true;
    }
}
