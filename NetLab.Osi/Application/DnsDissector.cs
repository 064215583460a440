using NetLab.Osi.Layers;

namespace NetLab.Osi.Application;

/// <summary>DNS over UDP (RFC 1035), mDNS (RFC 6762), LLMNR (RFC 4795), and NetBIOS names (RFC 1002), which share its header.</summary>
internal static class DnsDissector
{
    public static void Dissect(in Dissection dissection, ProtocolId protocol, int offset, int end)
    {
        if (end - offset < DnsMessage.HeaderSize)
        {
            dissection.Short(OsiLayer.Application, "DNS header", offset, DnsMessage.HeaderSize, end);
            dissection.Data(OsiLayer.Application, offset, end);
            return;
        }

        dissection.Add(protocol, OsiLayer.Application, offset, end - offset, end);
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink) => new DnsMessage(view.BytesOf(index)).Describe(view[index].Offset, sink);
}
