using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Linux cooked captures (LINKTYPE_LINUX_SLL and _SLL2): what an interface without a link header of its own, or "any", gives.</summary>
internal static class SllProtocol
{
    public static readonly Protocol Value = new("sll", OsiLayer.DataLink, "Linux cooked capture", Fields.All, Dissect, Describe);

    public static readonly Protocol Version2 = new("sll", OsiLayer.DataLink, "Linux cooked capture, version 2", [], DissectVersion2);

    private static class Fields
    {
        public static readonly Field PacketType = Field.Number("packet_type", "sll.pkttype", names: static v => (int)v switch
        {
            0 => "to us",
            1 => "broadcast",
            2 => "multicast",
            3 => "to another host",
            4 => "sent by us",
            _ => null,
        }, width: 2);
        public static readonly Field Type = Field.Number("type", "sll.etype", names: static v => EtherTypes.NameOf((int)v), width: 2);
        public static readonly Field Interface = Field.Number("interface");

        public static readonly Field[] All = [PacketType, Type, Interface];
    }

    private const int Size = 16;
    private const int Size2 = 20;

    // Values of the protocol field below 1536 are Linux's own (if_ether.h).
    private const int Llc = 0x0004;

    // ARPHRD_ numbers (if_arp.h) whose frames have no EtherType in the protocol field.
    private const int Netlink = 824;
    private const int WlanRadiotap = 803;
    private const int Wlan = 801;
    private const int GreTunnel = 778;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "Linux cooked header", offset, Size, end);
            return true;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..];
        int hardware = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (dissection.Add(Value, offset, Size, end))
        {
            DissectPayload(dissection, hardware, type, offset + Size, end);
        }

        return true;
    }

    public static bool DissectVersion2(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size2)
        {
            dissection.TooShort(OsiLayer.DataLink, "Linux cooked header", offset, Size2, end);
            return true;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..];
        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        int hardware = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        if (dissection.Add(Value, offset, Size2, end))
        {
            DissectPayload(dissection, hardware, type, offset + Size2, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        bool isSecond = view[index].HeaderLength == Size2;
        int direction = isSecond ? bytes[10] : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        sink.Number(Fields.PacketType, direction, isSecond ? at + 10 : at, isSecond ? 1 : 2);
        int typeAt = isSecond ? 0 : 14;
        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[typeAt..]);
        sink.Number(Fields.Type, type, at + typeAt, 2);
        if (isSecond)
        {
            sink.Number(Fields.Interface, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
        }
    }

    private static void DissectPayload(in Dissection dissection, int hardware, int type, int offset, int end)
    {
        switch (hardware)
        {
            case WlanRadiotap:
                dissection.Next(NumberTable.LinkType, LinkTypes.Radiotap, offset, end);
                break;
            case Wlan:
                dissection.Next(NumberTable.LinkType, LinkTypes.Wlan, offset, end);
                break;
            case Netlink or GreTunnel when type < 0x0600:
                dissection.Data(OsiLayer.Network, offset, end);
                break;
            default:
                if (type == Llc)
                {
                    LlcProtocol.Dissect(dissection, offset, end);
                }
                else
                {
                    dissection.Next(NumberTable.EtherType, type, offset, end);
                }

                break;
        }
    }
}
