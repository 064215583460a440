using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Classical IP over ATM as Linux captures it: IP, with or without an LLC header before it (RFC 2684).</summary>
internal static class ClassicalIpProtocol
{
    public static readonly Protocol Value = new("clip", OsiLayer.DataLink, "Classical IP over ATM", [], Dissect);

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset >= 3 && dissection.Bytes[offset] == 0xAA && dissection.Bytes[offset + 1] == 0xAA && dissection.Bytes[offset + 2] == 3)
        {
            LlcProtocol.Dissect(dissection, offset, end);
        }
        else
        {
            dissection.NextIp(offset, end);
        }

        return true;
    }
}
