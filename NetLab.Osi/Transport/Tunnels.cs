using System.Buffers.Binary;
using NetLab.Osi.DataLink;
using NetLab.Osi.Layers;
using NetLab.Osi.Network;

namespace NetLab.Osi.Transport;

/// <summary>Tunnels that travel in UDP: VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U (3GPP TS 29.281), Teredo (RFC 4380).</summary>
internal static class Tunnels
{
    public const int VxlanPort = 4789;
    public const int GenevePort = 6081;
    public const int GtpPort = 2152;
    public const int TeredoPort = 3544;

    private const int Size = 8;
    private const int UserData = 0xFF;

    public static void DissectVxlan(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Short(OsiLayer.Transport, "VXLAN header", offset, Size, end);
        }
        else if (dissection.Add(ProtocolId.Vxlan, OsiLayer.Transport, offset, Size, end) && end > offset + Size)
        {
            EthernetDissector.Dissect(dissection, offset + Size, end);
        }
    }

    public static void DissectGeneve(in Dissection dissection, int offset, int end)
    {
        int length = end > offset ? Size + (4 * (dissection.Bytes[offset] & 0x3F)) : Size;
        if (end - offset < Size)
        {
            dissection.Short(OsiLayer.Transport, "Geneve header", offset, Size, end);
            return;
        }

        if (!dissection.Add(ProtocolId.Geneve, OsiLayer.Transport, offset, Math.Min(length, end - offset), end))
        {
            return;
        }

        if (length > end - offset)
        {
            dissection.Short(OsiLayer.Transport, "Geneve option length", offset, length, end);
        }
        else if (dissection.WireEnd > offset + length)
        {
            EtherTypes.Dissect(dissection, BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]), offset + length, end);
        }
    }

    /// <summary>GTP-U; false if the bytes are none.</summary>
    public static bool TryDissectGtp(in Dissection dissection, int offset, int end)
    {
        // Version 1 and the protocol type GTP.
        if (end - offset < Size || (dissection.Bytes[offset] & 0xF0) != 0x30)
        {
            return false;
        }

        int header = GtpHeaderLength(dissection.Bytes[offset..end]);
        if (!dissection.Add(ProtocolId.Gtp, OsiLayer.Transport, offset, Math.Min(header, end - offset), end))
        {
            return true;
        }

        if (header > end - offset)
        {
            dissection.Short(OsiLayer.Transport, "GTP header", offset, header, end);
        }
        else if (dissection.Bytes[offset + 1] == UserData && end > offset + header)
        {
            IpProtocols.DissectByVersion(dissection, offset + header, end);
        }

        return true;
    }

    /// <summary>Teredo: IPv6, behind optional authentication and origin headers; false if the bytes are none.</summary>
    public static bool TryDissectTeredo(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes;
        int at = offset;
        if (end - at >= 4 && bytes[at] == 0 && bytes[at + 1] == 1)
        {
            // RFC 4380, 5.1.1: client identifier and authentication value have lengths, then nonce and confirmation.
            at += 4 + bytes[at + 2] + bytes[at + 3] + 9;
        }

        if (end - at >= Size && bytes[at] == 0 && bytes[at + 1] == 0)
        {
            at += Size;
        }

        if (end - at < Ipv6Header.Size || bytes[at] >> 4 != 6)
        {
            return false;
        }

        if (dissection.Add(ProtocolId.Teredo, OsiLayer.Transport, offset, at - offset, end))
        {
            Ipv6Dissector.Dissect(dissection, at, end);
        }

        return true;
    }

    public static void DescribeVxlan(in PacketView view, int index, IFieldSink sink) =>
        sink.Number("vni"u8, BinaryPrimitives.ReadUInt32BigEndian(view.BytesOf(index)[4..]) >> 8, view[index].Offset + 4, 3);

    public static void DescribeGeneve(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("vni"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) >> 8, at + 4, 3);
        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        sink.Number("type"u8, type, at + 2, 2, EtherTypes.NameOf(type));
    }

    public static void DescribeGtp(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("message"u8, bytes[1], at + 1, 1, bytes[1] switch
        {
            1 => "echo request",
            2 => "echo response",
            26 => "error indication",
            254 => "end marker",
            UserData => "user data",
            _ => null,
        });
        sink.Number("teid"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
    }

    private static int GtpHeaderLength(ReadOnlySpan<byte> bytes)
    {
        if ((bytes[0] & 7) == 0)
        {
            return Size;
        }

        // Sequence number, N-PDU number and the type of the first extension come together when one of the flags is set;
        // an extension's first byte counts its length in words of four, its last is the type of the next.
        int length = Size + 4;
        while ((bytes[0] & 4) != 0 && length <= bytes.Length && bytes[length - 1] != 0)
        {
            int words = length < bytes.Length ? bytes[length] : 0;
            if (words == 0)
            {
                return bytes.Length + 1;
            }

            length += 4 * words;
        }

        return length;
    }
}
