using NetLab.Osi.Network;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Indexing;

/// <summary>Tells fragments of IP from other packets: those that a packet is put together of must be seen before it.</summary>
internal static class FragmentMark
{
    /// <summary>Whether a packet is a fragment.</summary>
    public static bool IsOn(DecodedPacket decoded, ReadOnlySpan<byte> bytes)
    {
        foreach (ref readonly LayerEntry entry in decoded.Entries)
        {
            if (entry.Buffer == 0 && entry.Protocol == Ipv4Protocol.Value && entry.HeaderLength >= 8)
            {
                return ((bytes[entry.Offset + 6] & 0x3F) | bytes[entry.Offset + 7]) != 0;
            }

            if (entry.Protocol == Ipv6Extensions.Fragment)
            {
                return true;
            }
        }

        return false;
    }
}
