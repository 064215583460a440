using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>Teredo (RFC 4380): IPv6 in UDP, behind optional authentication and origin headers.</summary>
internal static class TeredoProtocol
{
    private const int OriginSize = 8;
    private const int Ipv6Size = 40;

    public static readonly Protocol Value = new("teredo", OsiLayer.Transport, "Teredo", [], Dissect);

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes;
        int at = offset;
        if (end - at >= 4 && bytes[at] == 0 && bytes[at + 1] == 1)
        {
            // RFC 4380, 5.1.1: client identifier and authentication value have lengths, then nonce and confirmation.
            at += 4 + bytes[at + 2] + bytes[at + 3] + 9;
        }

        if (end - at >= OriginSize && bytes[at] == 0 && bytes[at + 1] == 0)
        {
            at += OriginSize;
        }

        if (end - at < Ipv6Size || bytes[at] >> 4 != 6)
        {
            return false;
        }

        if (dissection.Add(Value, offset, at - offset, end))
        {
            dissection.Next(NumberTable.EtherType, EtherTypes.Ipv6, at, end);
        }

        return true;
    }
}
