using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.DataLink;

/// <summary>Linux cooked captures (LINKTYPE_LINUX_SLL and _SLL2): what an interface without a link header of its own, or "any", gives.</summary>
internal static class SllDissector
{
    private const int Size = 16;
    private const int Size2 = 20;

    // Values of the protocol field below 1536 are Linux's own (if_ether.h).
    private const int Llc = 0x0004;

    // ARPHRD_ numbers (if_arp.h) whose frames have no EtherType in the protocol field.
    private const int Netlink = 824;
    private const int WlanRadiotap = 803;
    private const int Wlan = 801;
    private const int GreTunnel = 778;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Short(OsiLayer.DataLink, "Linux cooked header", offset, Size, end);
            return;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..];
        int hardware = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (dissection.Add(ProtocolId.Sll, OsiLayer.DataLink, offset, Size, end))
        {
            DissectPayload(dissection, hardware, type, offset + Size, end);
        }
    }

    public static void DissectVersion2(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size2)
        {
            dissection.Short(OsiLayer.DataLink, "Linux cooked header", offset, Size2, end);
            return;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..];
        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        int hardware = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        if (dissection.Add(ProtocolId.Sll, OsiLayer.DataLink, offset, Size2, end))
        {
            DissectPayload(dissection, hardware, type, offset + Size2, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        bool isSecond = view[index].HeaderLength == Size2;
        int direction = isSecond ? bytes[10] : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        sink.Number("packet_type"u8, direction, isSecond ? at + 10 : at, isSecond ? 1 : 2, direction switch
        {
            0 => "to us",
            1 => "broadcast",
            2 => "multicast",
            3 => "to another host",
            4 => "sent by us",
            _ => null,
        });
        int typeAt = isSecond ? 0 : 14;
        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[typeAt..]);
        sink.Number("type"u8, type, at + typeAt, 2, EtherTypes.NameOf(type));
        if (isSecond)
        {
            sink.Number("interface"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
        }
    }

    private static void DissectPayload(in Dissection dissection, int hardware, int type, int offset, int end)
    {
        switch (hardware)
        {
            case WlanRadiotap:
                LinkTypes.Dissect(dissection, LinkTypes.Radiotap, offset, end);
                break;
            case Wlan:
                LinkTypes.Dissect(dissection, LinkTypes.Wlan, offset, end);
                break;
            case Netlink or GreTunnel when type < 0x0600:
                dissection.Data(OsiLayer.Network, offset, end);
                break;
            default:
                if (type == Llc)
                {
                    LlcDissector.Dissect(dissection, offset, end);
                }
                else
                {
                    EtherTypes.Dissect(dissection, type, offset, end);
                }

                break;
        }
    }
}
