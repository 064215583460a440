using System.Buffers.Binary;
using NetLab.Osi.Layers;
using NetLab.Osi.Network;

namespace NetLab.Osi.DataLink;

/// <summary>PPP (RFC 1661): a protocol number, compressed to one byte where its low bit is set there already.</summary>
internal static class PppDissector
{
    private const int Ipv4 = 0x0021;
    private const int Ipv6 = 0x0057;
    private const int Mpls = 0x0281;

    /// <summary>Takes apart from the protocol number on.</summary>
    /// <param name="dissection">The packet.</param>
    /// <param name="offset">Where the number stands.</param>
    /// <param name="end">Where the bytes end.</param>
    /// <param name="start">Where an address and control field before it begin; the number itself by default.</param>
    public static void Dissect(in Dissection dissection, int offset, int end, int? start = null)
    {
        int from = start ?? offset;
        int size = offset < end && (dissection.Bytes[offset] & 1) != 0 ? 1 : 2;
        if (end - offset < size)
        {
            dissection.Short(OsiLayer.DataLink, "PPP header", offset, size, end);
            return;
        }

        int next = offset + size;
        if (!dissection.Add(ProtocolId.Ppp, OsiLayer.DataLink, from, next - from, end))
        {
            return;
        }

        int type = ProtocolOf(dissection.Bytes[from..next]);
        switch (type)
        {
            case Ipv4:
                Ipv4Dissector.Dissect(dissection, next, end);
                break;
            case Ipv6:
                Ipv6Dissector.Dissect(dissection, next, end);
                break;
            case Mpls:
                MplsDissector.Dissect(dissection, next, end);
                break;
            default:
                dissection.Unknown(OsiLayer.Network, "PPP protocol", offset, type);
                dissection.Data(OsiLayer.Network, next, end);
                break;
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        LayerEntry entry = view[index];
        int type = ProtocolOf(view.BytesOf(index)[..entry.HeaderLength]);
        bool isShort = entry.HeaderLength is 1 or 3;
        int size = isShort ? 1 : 2;
        sink.Number("type"u8, type, entry.PayloadOffset - size, size, type switch
        {
            Ipv4 => "IPv4",
            Ipv6 => "IPv6",
            Mpls => "MPLS",
            0x8021 => "IP control",
            0x8057 => "IPv6 control",
            0xC021 => "link control",
            0xC023 => "password authentication",
            0xC223 => "challenge handshake authentication",
            _ => null,
        });
    }

    private static int ProtocolOf(ReadOnlySpan<byte> header) =>
        header.Length is 1 or 3 ? header[^1] : BinaryPrimitives.ReadUInt16BigEndian(header[^2..]);
}
