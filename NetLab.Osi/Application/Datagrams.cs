using NetLab.Osi.Layers;
using NetLab.Osi.Transport;
using NetLab.Osi.Transport.Quic;

namespace NetLab.Osi.Application;

/// <summary>What a UDP datagram carries: said by its conversation, by its ports (IANA), or by how it begins.</summary>
internal static class Datagrams
{
    private const int DnsPort = 53;
    private const int MdnsPort = 5353;
    private const int LlmnrPort = 5355;
    private const int NbnsPort = 137;
    private const int SipPort = 5060;
    private const int WakeOnLanPort = 9;

    public static void Dissect(in Dissection dissection, UdpFlow flow, in FlowKey key, int source, int destination, int offset, int end)
    {
        if (offset == end)
        {
            return;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (flow.Application == ProtocolId.Tftp)
        {
            TftpDissector.Dissect(dissection, key, destination, offset, end);
        }
        else if (QuicDissector.Recognizes(flow, bytes, source, destination))
        {
            QuicDissector.Dissect(dissection, flow, key.SourceIsLow, offset, end);
        }
        else if (!DissectByPort(dissection, key, destination, destination, offset, end)
            && !DissectByPort(dissection, key, source, destination, offset, end))
        {
            if (IsMedia(dissection.State.Media, key, source, destination) && LongTail.IsRtp(bytes))
            {
                LongTail.Dissect(dissection, ProtocolId.Rtp, OsiLayer.Application, offset, end);
            }
            else
            {
                DissectByContent(dissection, bytes, offset, end);
            }
        }
    }

    private static bool IsMedia(MediaPlaces places, in FlowKey key, int source, int destination)
    {
        (UInt128 from, UInt128 to) = key.SourceIsLow ? (key.LowAddress, key.HighAddress) : (key.HighAddress, key.LowAddress);
        return places.Contains(to, destination) || places.Contains(from, source);
    }

    private static bool DissectByPort(in Dissection dissection, in FlowKey key, int port, int destination, int offset, int end)
    {
        switch (port)
        {
            case DnsPort:
                DnsDissector.Dissect(dissection, ProtocolId.Dns, offset, end);
                return true;
            case MdnsPort:
                DnsDissector.Dissect(dissection, ProtocolId.Mdns, offset, end);
                return true;
            case LlmnrPort:
                DnsDissector.Dissect(dissection, ProtocolId.Llmnr, offset, end);
                return true;
            case NbnsPort when end - offset >= DnsMessage.HeaderSize:
                dissection.Add(ProtocolId.Nbns, OsiLayer.Session, offset, end - offset, end);
                return true;
            case DhcpDissector.ServerPort or DhcpDissector.ClientPort:
                DhcpDissector.Dissect(dissection, offset, end);
                return true;
            case DhcpV6Dissector.ClientPort or DhcpV6Dissector.ServerPort:
                DhcpV6Dissector.Dissect(dissection, offset, end);
                return true;
            case NtpDissector.Port:
                NtpDissector.Dissect(dissection, offset, end);
                return true;
            case SsdpDissector.Port:
                SsdpDissector.Dissect(dissection, offset, end);
                return true;
            case SnmpDissector.AgentPort or SnmpDissector.TrapPort:
                SnmpDissector.Dissect(dissection, offset, end);
                return true;
            case TftpDissector.Port:
                TftpDissector.Dissect(dissection, key, destination, offset, end);
                return true;
            case SipPort when SipProtocol.Begins(dissection.Bytes[offset..end]):
                SipProtocol.Dissect(dissection, offset, end);
                return true;
            case Tunnels.VxlanPort:
                Tunnels.DissectVxlan(dissection, offset, end);
                return true;
            case Tunnels.GenevePort:
                Tunnels.DissectGeneve(dissection, offset, end);
                return true;
            case Tunnels.GtpPort:
                return Tunnels.TryDissectGtp(dissection, offset, end);
            case Tunnels.TeredoPort:
                return Tunnels.TryDissectTeredo(dissection, offset, end);
            case WakeOnLanPort when LongTail.IsMagicPacket(dissection.Bytes[offset..end]):
                LongTail.Dissect(dissection, ProtocolId.WakeOnLan, OsiLayer.Application, offset, end);
                return true;
            case LongTail.L2tpPort:
                LongTail.Dissect(dissection, ProtocolId.L2tp, OsiLayer.DataLink, offset, end);
                return true;
            default:
                return false;
        }
    }

    private static void DissectByContent(in Dissection dissection, ReadOnlySpan<byte> bytes, int offset, int end)
    {
        if (SipProtocol.Begins(bytes))
        {
            SipProtocol.Dissect(dissection, offset, end);
        }
        else
        {
            dissection.Data(OsiLayer.Application, offset, end);
        }
    }
}
