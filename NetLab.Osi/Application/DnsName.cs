using System.Text;

namespace NetLab.Osi.Application;

/// <summary>A domain name in a message, with compression (RFC 1035, 4.1.4).</summary>
internal static class DnsName
{
    private const int MaxLength = 255;

    /// <summary>Reads a name and moves behind it; false when it runs out of bytes or points in a circle.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        var text = new StringBuilder();
        name = "";
        int position = at;
        int lowest = at;
        bool jumped = false;
        while (position < message.Length)
        {
            int length = message[position];
            if (length == 0)
            {
                at = jumped ? at : position + 1;
                name = text.Length == 0 ? "." : text.ToString();
                return true;
            }

            if (length >= 0xC0)
            {
                if (position + 1 >= message.Length)
                {
                    return false;
                }

                int target = ((length & 0x3F) << 8) | message[position + 1];
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

            if (length > 63 || position + 1 + length > message.Length || text.Length + length > MaxLength)
            {
                return false;
            }

            if (text.Length > 0)
            {
                text.Append('.');
            }

            text.Append(Encoding.UTF8.GetString(message.Slice(position + 1, length)));
            position += 1 + length;
        }

        return false;
    }
}
