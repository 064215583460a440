using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>ERSPAN (draft-foschiano-erspan): mirrored Ethernet frames in GRE. Type I has no header of its own, type II eight bytes, type III twelve or twenty.</summary>
internal static class ErspanProtocol
{
    public static readonly Protocol Value = new("erspan", OsiLayer.Network, "Encapsulated Remote Switched Port Analyzer", Fields.All, describe: Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "erspan.version", about: "Version", width: 2);
        public static readonly Field Vlan = Field.Number("vlan", "erspan.vlan", about: "VLAN of the mirrored frame", width: 2);
        public static readonly Field Session = Field.Number("session", "erspan.spanid", about: "Mirroring session", width: 2);

        public static readonly Field[] All = [Version, Vlan, Session];
    }

    private const int Size2 = 8;
    private const int Size3 = 12;
    private const int PlatformSize = 8;
    private const int FrameTypeAt = 10;
    private const int IpPacket = 2;

    public static void Dissect(in Dissection dissection, int type, bool hasSequence, int offset, int end)
    {
        if (type == EtherTypes.Erspan && !hasSequence)
        {
            dissection.Next(NumberTable.LinkType, LinkTypes.Ethernet, offset, end);
            return;
        }

        int size = type == EtherTypes.Erspan ? Size2 : Size3;
        if (end - offset >= Size3 && type == EtherTypes.Erspan3 && (dissection.Bytes[offset + Size3 - 1] & 1) != 0)
        {
            size += PlatformSize;
        }

        if (size > end - offset)
        {
            dissection.TooShort(OsiLayer.Network, "ERSPAN header", offset, size, end);
        }
        else if (dissection.Add(Value, offset, size, end))
        {
            DissectMirrored(dissection, type == EtherTypes.Erspan ? 0 : (dissection.Bytes[offset + FrameTypeAt] >> 2) & 0x1F, offset + size, end);
        }
    }

    // draft-foschiano-erspan, 4.3: type III says whether what was mirrored is an Ethernet frame or an IP packet.
    private static void DissectMirrored(in Dissection dissection, int frameType, int offset, int end)
    {
        if (frameType == IpPacket)
        {
            dissection.NextIp(offset, end);
        }
        else if (frameType == 0)
        {
            dissection.Next(NumberTable.LinkType, LinkTypes.Ethernet, offset, end);
        }
        else
        {
            dissection.Unknown(OsiLayer.DataLink, "ERSPAN frame type", offset, frameType);
            dissection.Data(OsiLayer.DataLink, offset, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(Fields.Version, bytes[0] >> 4, at, 1);
        sink.Number(Fields.Vlan, BinaryPrimitives.ReadUInt16BigEndian(bytes) & 0xFFF, at, 2);
        sink.Number(Fields.Session, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) & 0x3FF, at + 2, 2);
    }
}
