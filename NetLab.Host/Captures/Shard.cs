using System.IO.Hashing;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Captures;

/// <summary>
/// A share of a capture's packets: those of the same two ends are in the same share, in each run and on each machine, and all
/// shares together are the capture. Fragments go with their datagram, packets in a tunnel with the tunnel, and what an ICMP
/// error quotes takes the error to its conversation.
/// </summary>
/// <param name="Index">Which share, from 1.</param>
/// <param name="Count">How many there are.</param>
internal sealed record Shard(int Index, int Count)
{
    private const int MaxCount = 10_000;

    /// <summary>Reads <c>2/7</c>.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public static Shard Parse(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2 && int.TryParse(parts[0], out int index) && int.TryParse(parts[1], out int count) && index >= 1 && index <= count && count <= MaxCount
            ? new Shard(index, count)
            : throw new UsageException($"--shard '{text}': a share is written like 2/7, the second of seven (of {MaxCount} at most)");
    }

    /// <summary>Whether a packet is in the share.</summary>
    public bool Includes(in CapturedPacket packet, DecodedPacket decoded) => Number(EndsOf(packet, decoded)) == Index - 1;

    private static ReadOnlySpan<byte> Header(in CapturedPacket packet, DecodedPacket decoded, in LayerEntry entry) =>
        decoded.BufferOf(packet.Bytes, entry).Slice(entry.Offset, entry.Length);

    // Ends without ports: a fragment has none. The packet's own header but for an error, which is about the packet that it quotes.
    private static UInt128 EndsOf(in CapturedPacket packet, DecodedPacket decoded)
    {
        int own = -1;
        int link = -1;
        bool isTunnel = false;
        ReadOnlySpan<LayerEntry> entries = decoded.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            bool isIp = entries[i].Protocol.Name is "ip" or "ipv6";
            if (isIp && entries[i].IsQuoted)
            {
                own = isTunnel ? own : i;
                break;
            }

            isTunnel |= isIp && own >= 0;
            own = isIp && own < 0 ? i : own;
            link = link < 0 && entries[i].Protocol.Name == "eth" ? i : link;
        }

        if (own >= 0 && Pair(Header(packet, decoded, entries[own]), entries[own].Protocol.Name == "ip" ? (12, 4) : (8, 16)) is { } ends)
        {
            return ends;
        }

        return link >= 0 && Pair(Header(packet, decoded, entries[link]), (0, 6)) is { } stations ? stations : 0;
    }

    // The same number whichever end sent the packet. Null when the header was cut before its addresses.
    private static UInt128? Pair(ReadOnlySpan<byte> header, (int At, int Size) address)
    {
        if (header.Length < address.At + (2 * address.Size))
        {
            return null;
        }

        UInt128 from = XxHash128.HashToUInt128(header.Slice(address.At, address.Size));
        UInt128 to = XxHash128.HashToUInt128(header.Slice(address.At + address.Size, address.Size));
        return from + to;
    }

    private int Number(UInt128 ends) => (int)(ends % (UInt128)Count);
}
