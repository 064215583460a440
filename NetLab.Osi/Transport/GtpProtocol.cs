using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>GTP-U (3GPP TS 29.281): IP of mobile users in UDP.</summary>
internal static class GtpProtocol
{
    private const int Size = 8;
    private const int UserData = 0xFF;

    public static readonly Protocol Value = new("gtp", OsiLayer.Transport, "GPRS Tunneling Protocol", Fields.All, Dissect);

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // Version 1 and the protocol type GTP.
        if (end - offset < Size || (dissection.Bytes[offset] & 0xF0) != 0x30)
        {
            return false;
        }

        int header = HeaderLength(dissection.Bytes[offset..end]);
        if (!dissection.Add(Value, offset, Math.Min(header, end - offset), end))
        {
            return true;
        }

        if (header > end - offset)
        {
            dissection.TooShort(OsiLayer.Transport, "GTP header", offset, header, end);
        }
        else if (dissection.Bytes[offset + 1] == UserData && end > offset + header)
        {
            dissection.NextIp(offset + header, end);
        }

        return true;
    }

    private static int HeaderLength(ReadOnlySpan<byte> bytes)
    {
        if ((bytes[0] & 7) == 0)
        {
            return Size;
        }

        // Sequence number, N-PDU number and the type of the first extension come together when one of the flags is set;
        // an extension's first byte counts its length in words of four, its last is the type of the next.
        int length = Size + 4;
        while ((bytes[0] & 4) != 0 && length <= bytes.Length && bytes[length - 1] != 0)
        {
            int words = length < bytes.Length ? bytes[length] : 0;
            if (words == 0)
            {
                return bytes.Length + 1;
            }

            length += 4 * words;
        }

        return length;
    }

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("message", "gtp.message", at: 1, size: 1, names: static v => NameOf(v), about: "Message type"),
            Field.Number("teid", "gtp.teid", at: 4, size: 4, about: "Tunnel endpoint identifier"),
        ];

        private static string? NameOf(long message) => message switch
        {
            1 => "echo request",
            2 => "echo response",
            26 => "error indication",
            254 => "end marker",
            UserData => "user data",
            _ => null,
        };
    }
}
