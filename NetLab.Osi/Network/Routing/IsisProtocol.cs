using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>Intermediate System to Intermediate System routing (ISO/IEC 10589, 9; RFC 1195): the common header, hellos and link state packets.</summary>
internal static class IsisProtocol
{
    private const int Size = 8;
    private const int LanHello1 = 15;
    private const int LanHello2 = 16;
    private const int PointToPointHello = 17;

    public static readonly Protocol Value = new("isis", OsiLayer.Network, "Intermediate System to Intermediate System routing", Fields.All, Dissect);

    public static readonly Protocol LinkState = new("isis_lsp", OsiLayer.Network, "IS-IS link state packet", LinkStateFields.All, describe: DescribeLinkState, filter: "isis.lsp");

    public static readonly Protocol CompleteSequence = new("isis_csnp", OsiLayer.Network, "IS-IS complete sequence numbers", CompleteFields.All, filter: "isis.csnp");

    public static readonly Protocol PartialSequence = new("isis_psnp", OsiLayer.Network, "IS-IS partial sequence numbers", PartialFields.All, filter: "isis.psnp");

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number(null, "isis.irpd", at: 0, size: 1, about: "Network layer protocol identifier"),
            Field.Number("header_length", "isis.len", at: 1, size: 1, about: "Bytes of header"),
            Field.Number(null, "isis.version", at: 2, size: 1, about: "Version of the identifier"),
            Field.Number("id_length", "isis.sysid_len", at: 3, size: 1, about: "Bytes of a system identifier; 0 stands for 6"),
            Field.Number("type", "isis.type", at: 4, size: 1, mask: 0x1F, about: "Message", summary: true, names: static v => v switch
            {
                LanHello1 => "hello of level 1 on a LAN",
                LanHello2 => "hello of level 2 on a LAN",
                PointToPointHello => "hello between two",
                18 => "link state, level 1",
                20 => "link state, level 2",
                24 => "complete sequence numbers, level 1",
                25 => "complete sequence numbers, level 2",
                26 => "partial sequence numbers, level 1",
                27 => "partial sequence numbers, level 2",
                _ => null,
            }),
            Field.Number("version", "isis.version2", at: 5, size: 1, about: "Version"),
            Field.Number(null, "isis.reserved", at: 6, size: 1, about: "Reserved"),
            Field.Number("max_areas", "isis.max_area_adr", at: 7, size: 1, about: "Areas at most; 0 stands for 3"),
        ];
    }

    private static class LinkStateFields
    {
        public static readonly Field Id = Field.Text("id", "isis.lsp.lsp_id", about: "Whose packet it is");

        public static readonly Field[] All =
        [
            Field.Number("length", "isis.lsp.pdu_length", at: 0, size: 2, about: "Bytes of the packet"),
            Field.Number("lifetime", "isis.lsp.remaining_life", at: 2, size: 2, about: "Seconds left to live"),
            Id,
            Field.Number("sequence", "isis.lsp.sequence_number", at: 12, size: 4, about: "Sequence number"),
        ];
    }

    private static class CompleteFields
    {
        public static readonly Field[] All = [Field.Number("length", "isis.csnp.pdu_length", at: 0, size: 2, about: "Bytes of the packet")];
    }

    private static class PartialFields
    {
        public static readonly Field[] All = [Field.Number("length", "isis.psnp.pdu_length", at: 0, size: 2, about: "Bytes of the packet")];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.Network, "IS-IS header", offset, Size, end);
            return true;
        }

        if (!dissection.Add(Value, offset, Size, end))
        {
            return true;
        }

        // Identifiers of other lengths than six bytes are allowed, and have never been seen.
        int idLength = dissection.Bytes[offset + 3];
        if (idLength is not (0 or 6))
        {
            dissection.Malformed(OsiLayer.Network, "IS-IS identifier length", offset + 3, idLength);
            return true;
        }

        int body = offset + Size;
        switch (dissection.Bytes[offset + 4] & 0x1F)
        {
            case LanHello1 or LanHello2:
                dissection.AddMessage(IsisHelloProtocol.Value, body, IsisHelloProtocol.LanSize, end);
                break;
            case PointToPointHello:
                dissection.AddMessage(IsisHelloProtocol.Value, body, IsisHelloProtocol.PointToPointSize, end);
                break;
            case 18 or 20:
                dissection.AddMessage(LinkState, body, 19, end);
                break;
            case 24 or 25:
                dissection.AddMessage(CompleteSequence, body, 25, end);
                break;
            case 26 or 27:
                dissection.AddMessage(PartialSequence, body, 9, end);
                break;
            default:
                dissection.Data(OsiLayer.Network, body, end);
                break;
        }

        return true;
    }

    private static void DescribeLinkState(in PacketView view, int index, IFieldSink sink)
    {
        LinkState.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Text(LinkStateFields.Id, $"{SystemId(bytes.Slice(4, 6))}.{bytes[10]:x2}-{bytes[11]:x2}", at + 4, 8);
    }

    /// <summary>A system identifier as people write it: <c>1921.6800.1001</c>.</summary>
    internal static string SystemId(ReadOnlySpan<byte> id) =>
        $"{BinaryPrimitives.ReadUInt16BigEndian(id):x4}.{BinaryPrimitives.ReadUInt16BigEndian(id[2..]):x4}.{BinaryPrimitives.ReadUInt16BigEndian(id[4..]):x4}";
}
