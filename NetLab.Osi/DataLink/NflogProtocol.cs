using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Packets that a Linux packet filter logged (LINKTYPE_NFLOG): address family, and elements of which one is the packet.</summary>
internal static class NflogProtocol
{
    private const int Size = 4;
    private const int ElementHeader = 4;
    private const int PayloadElement = 9;
    private const int PrefixElement = 10;

    public static readonly Protocol Value = new("nflog", OsiLayer.DataLink, "Linux packet filter log", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Family = Field.Number("family", "nflog.family", at: 0, size: 1, about: "Address family: 2 IPv4, 10 IPv6");
        public static readonly Field Version = Field.Number("version", "nflog.version", at: 1, size: 1, about: "Version");
        public static readonly Field Resource = Field.Number("group", "nflog.res_id", at: 2, size: 2, about: "Group");
        public static readonly Field Prefix = Field.Text("prefix", "nflog.prefix", about: "What the rule says of it", summary: true);

        public static readonly Field[] All = [Family, Version, Resource, Prefix];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "NFLOG header", offset, Size, end);
            return true;
        }

        (int at, int length) = Find(dissection.Bytes[..end], offset + Size, PayloadElement);
        if (length < 0)
        {
            dissection.Add(Value, offset, end - offset, end);
            return true;
        }

        int payloadEnd = Math.Min(end, at + length);
        if (dissection.Add(Value, offset, at - offset, end))
        {
            DissectPacket(dissection.Until(at + length), dissection.Bytes[offset], at, payloadEnd);
        }

        return true;
    }

    private static void DissectPacket(in Dissection dissection, int family, int offset, int end)
    {
        // AF_INET, AF_INET6; what a bridge logs has no family of its own.
        if (family is 2 or 10)
        {
            dissection.NextIp(offset, end);
        }
        else
        {
            dissection.Data(OsiLayer.Network, offset, end);
        }
    }

    // Lengths and types stand in the byte order of the machine that captured; nearly all are little-endian.
    private static (int At, int Length) Find(ReadOnlySpan<byte> bytes, int next, int type)
    {
        while (next + ElementHeader <= bytes.Length)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[next..]);
            if (length < ElementHeader)
            {
                break;
            }

            if ((BinaryPrimitives.ReadUInt16LittleEndian(bytes[(next + 2)..]) & 0x7FFF) == type)
            {
                return (next + ElementHeader, length - ElementHeader);
            }

            next += (length + 3) & ~3;
        }

        return (0, -1);
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        (int at, int length) = Find(bytes, Size, PrefixElement);
        if (length > 0 && at + length <= bytes.Length)
        {
            sink.Text(Fields.Prefix, bytes.Slice(at, length).TrimEnd((byte)0), view[index].Offset + at, length);
        }
    }
}
