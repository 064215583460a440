namespace NetLab.Osi.Application;

/// <summary>A domain name in a message, with compression (RFC 1035, 4.1.4).</summary>
internal static class DnsName
{
    /// <summary>Room for the text of any name: labels and dots are at most as long as the name on the wire (RFC 1035, 2.3.4).</summary>
    public const int MaxText = 256;

    private const int MaxLength = 255;

    /// <summary>Reads a name and moves behind it; false when it runs out of bytes or points in a circle.</summary>
    /// <param name="message">The message, which pointers count in.</param>
    /// <param name="at">Where the name stands.</param>
    /// <param name="text">Takes the name without its final dot, "." for the root; at least <see cref="MaxText"/> bytes.</param>
    /// <param name="length">Bytes of text.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int at, Span<byte> text, out int length)
    {
        length = 0;
        int position = at;
        int lowest = at;
        bool jumped = false;
        while (position < message.Length)
        {
            int label = message[position];
            if (label == 0)
            {
                at = jumped ? at : position + 1;
                if (length == 0)
                {
                    text[length++] = (byte)'.';
                }

                return true;
            }

            if (label >= 0xC0)
            {
                if (position + 1 >= message.Length)
                {
                    return false;
                }

                int target = ((label & 0x3F) << 8) | message[position + 1];
                at = jumped ? at : position + 2;
                jumped = true;

                // Pointers lead back; each must lead further back than the one before, so they end.
                if (target >= lowest)
                {
                    return false;
                }

                position = lowest = target;
                continue;
            }

            if (label > 63 || position + 1 + label > message.Length || length + 1 + label > MaxLength)
            {
                return false;
            }

            if (length > 0)
            {
                text[length++] = (byte)'.';
            }

            message.Slice(position + 1, label).CopyTo(text[length..]);
            length += label;
            position += 1 + label;
        }

        return false;
    }
}
