using System.Text;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Physical;

/// <summary>The protocols of a packet as one text, as Wireshark's <c>frame.protocols</c> has them: <c>eth:ethertype:ip:udp:dns</c>.</summary>
internal static class FrameProtocols
{
    // Of most packets it is shorter.
    private const int UsualLength = 512;

    /// <summary>Tells the text as a field.</summary>
    public static void Tell(DecodedPacket packet, Field field, IFieldSink sink)
    {
        Span<byte> usual = stackalloc byte[UsualLength];
        if (TryWrite(packet, usual, out int written))
        {
            sink.Text(field, usual[..written], 0, 0);
            return;
        }

        byte[] larger = [];
        do
        {
            larger = new byte[Math.Max(2 * larger.Length, 8 * UsualLength)];
        }
        while (!TryWrite(packet, larger, out written));

        sink.Text(field, larger.AsSpan(0, written), 0, 0);
    }

    private static bool TryWrite(DecodedPacket packet, Span<byte> text, out int written)
    {
        written = 0;
        int names = 0;
        string? last = null;
        foreach (ref readonly LayerEntry entry in packet.Entries)
        {
            string name = entry.Protocol.FilterName;
            if (name is "frame" or "session")
            {
                continue;
            }

            // Options of IPv6 are parts of its header there; several messages of one protocol in a packet are one.
            if (names > 1 && entry.Layer >= OsiLayer.Session && name == last)
            {
                continue;
            }

            if (!TryAdd(name, text, ref written))
            {
                return false;
            }

            (names, last) = (names + 1, name);
            if (name is "eth" or "sll" or "vlan" && entry.TypeFollows(packet))
            {
                if (!TryAdd("ethertype", text, ref written))
                {
                    return false;
                }

                (names, last) = (names + 1, "ethertype");
            }
        }

        return true;
    }

    private static bool TryAdd(string name, Span<byte> text, ref int written)
    {
        int at = written;
        if (at > 0)
        {
            if (at == text.Length)
            {
                return false;
            }

            text[at++] = (byte)':';
        }

        if (!Encoding.UTF8.TryGetBytes(name, text[at..], out int length))
        {
            return false;
        }

        written = at + length;
        return true;
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
