using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>What an IP packet carries.</summary>
internal static class IpPayload
{
    public static void Dissect(in Dissection dissection, int protocol, int offset, int end)
    {
        if (protocol != IpProtocols.NoNext)
        {
            dissection.Next(NumberTable.IpProtocol, protocol, offset, end);
        }
    }
}
