using System.Text;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Physical;

/// <summary>The protocols of a packet as one text, as Wireshark's <c>frame.protocols</c> has them: <c>eth:ethertype:ip:udp:dns</c>.</summary>
internal static class FrameProtocols
{
    public static string Of(DecodedPacket packet)
    {
        var text = new StringBuilder();
        foreach (ref readonly LayerEntry entry in packet.Entries)
        {
            string name = entry.Protocol.FilterName;
            if (name is "frame" or "session")
            {
                continue;
            }

            // Options of IPv6 are parts of its header there; several messages of one protocol in a packet are one.
            if (text.Length > 0 && entry.Layer >= Model.OsiLayer.Session && text.ToString().EndsWith(":" + name, StringComparison.Ordinal))
            {
                continue;
            }

            text.Append(text.Length > 0 ? ":" : "").Append(name);
            if (name is "eth" or "sll" or "vlan" && entry.TypeFollows(packet))
            {
                text.Append(":ethertype");
            }
        }

        return text.ToString();
    }

    // Behind an EtherType stands a protocol of layer 3 or another tag; behind a length stands LLC.
    private static bool TypeFollows(this in LayerEntry entry, DecodedPacket packet)
    {
        ReadOnlySpan<LayerEntry> entries = packet.Entries;
        for (int i = 0; i + 1 < entries.Length; i++)
        {
            if (entries[i].Offset == entry.Offset && entries[i].Protocol == entry.Protocol && entries[i].Buffer == entry.Buffer)
            {
                return entries[i + 1].Protocol.FilterName is not ("llc" or "stp");
            }
        }

        return true;
    }
}
