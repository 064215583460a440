using System.Buffers.Binary;
using NetLab.Osi.Layers;
using NetLab.Osi.Network;

namespace NetLab.Osi.DataLink;

/// <summary>IEEE 802.2 LLC, and SNAP (RFC 1042) as a part of it.</summary>
internal static class LlcDissector
{
    private const int MinSize = 3;
    private const int SnapSize = 5;
    private const int SnapSap = 0xAA;
    private const int StpSap = 0x42;
    private const int IpSap = 0x06;
    private const int CiscoOui = 0x00000C;
    private const int CiscoDiscovery = 0x2000;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < MinSize)
        {
            dissection.Short(OsiLayer.DataLink, "LLC header", offset, MinSize, end);
            return;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int header = HeaderLength(bytes);
        bool isSnap = bytes[0] == SnapSap && bytes[1] == SnapSap && header == MinSize;
        int length = header + (isSnap ? SnapSize : 0);
        if (!dissection.Add(ProtocolId.Llc, OsiLayer.DataLink, offset, Math.Min(length, bytes.Length), end))
        {
            return;
        }

        int next = offset + length;
        if (next > end)
        {
            dissection.Short(OsiLayer.DataLink, "LLC header", offset, length, end);
        }
        else if (isSnap)
        {
            int oui = (bytes[3] << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
            DissectSnap(dissection, oui, BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]), next, end);
        }
        else if (bytes[0] == StpSap)
        {
            LongTail.Dissect(dissection, ProtocolId.Stp, OsiLayer.DataLink, next, end);
        }
        else if (bytes[0] == IpSap)
        {
            IpProtocols.DissectByVersion(dissection, next, end);
        }
        else
        {
            dissection.Unknown(OsiLayer.Network, "LLC service access point", offset, bytes[0]);
            dissection.Data(OsiLayer.Network, next, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("dsap"u8, bytes[0], at, 1);
        sink.Number("ssap"u8, bytes[1], at + 1, 1);
        if (view[index].HeaderLength == MinSize + SnapSize)
        {
            sink.Number("oui"u8, (bytes[3] << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), at + 3, 3);
            int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
            sink.Number("type"u8, type, at + 6, 2, EtherTypes.NameOf(type));
        }
    }

    // Unnumbered frames (both low bits set) have one byte of control, the others two.
    private static int HeaderLength(ReadOnlySpan<byte> bytes) => (bytes[2] & 3) == 3 ? MinSize : MinSize + 1;

    private static void DissectSnap(in Dissection dissection, int oui, int type, int offset, int end)
    {
        // 0 is RFC 1042, 0x0000F8 is IEEE 802.1H: an EtherType follows.
        if (oui is 0 or 0xF8)
        {
            EtherTypes.Dissect(dissection, type, offset, end);
        }
        else if (oui == CiscoOui && type == CiscoDiscovery)
        {
            LongTail.Dissect(dissection, ProtocolId.Cdp, OsiLayer.DataLink, offset, end);
        }
        else
        {
            dissection.Unknown(OsiLayer.Network, "SNAP protocol", offset, type);
            dissection.Data(OsiLayer.Network, offset, end);
        }
    }
}
