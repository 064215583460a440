using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>The network layer of Zigbee (Zigbee specification, 3.3.1).</summary>
internal static class ZigbeeNetworkProtocol
{
    private const int MinSize = 8;
    private const int Multicast = 0x0100;
    private const int Security = 0x0200;
    private const int SourceRoute = 0x0400;
    private const int LongDestination = 0x0800;
    private const int LongSource = 0x1000;
    private const int DataFrame = 0;
    private const int CommandFrame = 1;

    public static readonly Protocol Value = new("zbee_nwk", OsiLayer.Network, "Zigbee network layer", Fields.All, Dissect);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number(null, "zbee_nwk.fcf", at: 0, size: 2, littleEndian: true, about: "Frame control"),
            Field.Number("type", "zbee_nwk.frame_type", at: 0, size: 2, mask: 0x0003, littleEndian: true, about: "Frame", summary: true, names: static v => v switch { DataFrame => "data", CommandFrame => "command", 3 => "between networks", _ => null }),
            Field.Number("version", "zbee_nwk.proto_version", at: 0, size: 2, mask: 0x003C, littleEndian: true, about: "Version"),
            Field.Number(null, "zbee_nwk.discovery", at: 0, size: 2, mask: 0x00C0, littleEndian: true, about: "Whether a route may be looked for"),
            Field.Flag(null, "zbee_nwk.multicast", at: 0, size: 2, mask: Multicast, littleEndian: true, about: "To a group"),
            Field.Flag("security", "zbee_nwk.security", at: 0, size: 2, mask: Security, littleEndian: true, about: "Secured"),
            Field.Flag(null, "zbee_nwk.src_route", at: 0, size: 2, mask: SourceRoute, littleEndian: true, about: "With a source route"),
            Field.Flag(null, "zbee_nwk.ext_dst", at: 0, size: 2, mask: LongDestination, littleEndian: true, about: "With the destination's long address"),
            Field.Flag(null, "zbee_nwk.ext_src", at: 0, size: 2, mask: LongSource, littleEndian: true, about: "With the source's long address"),
            Field.Number("dst", "zbee_nwk.dst", at: 2, size: 2, littleEndian: true, about: "Destination"),
            Field.Number("src", "zbee_nwk.src", at: 4, size: 2, littleEndian: true, about: "Source"),
            Field.Number("radius", "zbee_nwk.radius", at: 6, size: 1, about: "Hops left"),
            Field.Number("sequence", "zbee_nwk.seqno", at: 7, size: 1, about: "Sequence number"),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int control = bytes.Length < MinSize ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

        // Versions 1 to 3, data or command: 6LoWPAN and others begin otherwise.
        if (bytes.Length < MinSize || ((control >> 2) & 15) is 0 or > 3 || (control & 3) > CommandFrame || (control & 0xC000) != 0)
        {
            return false;
        }

        int size = MinSize + ((control & LongDestination) != 0 ? 8 : 0) + ((control & LongSource) != 0 ? 8 : 0) + ((control & Multicast) != 0 ? 1 : 0);
        if ((control & SourceRoute) != 0)
        {
            size += 2 + (size < bytes.Length ? 2 * bytes[size] : 0);
        }

        if (size > bytes.Length)
        {
            dissection.Cut(Value, "Zigbee network header", offset, size, end);
            return true;
        }

        if (!dissection.Add(Value, offset, size, end) || offset + size == end)
        {
            return true;
        }

        if ((control & Security) == 0 && (control & 3) == DataFrame)
        {
            ZigbeeApplicationProtocol.Value.Dissect(dissection, offset + size, end);
        }
        else
        {
            dissection.Data(OsiLayer.Transport, offset + size, end);
        }

        return true;
    }
}
