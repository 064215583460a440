using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>What a beacon of IEEE 802.15.4 says of a Zigbee network (Zigbee specification, 3.6.7): who may join it, and where.</summary>
internal static class ZigbeeBeaconProtocol
{
    private const int Size = 15;
    private const int ExtendedNetworkAt = 3;

    public static readonly Protocol Value = new("zbee_beacon", OsiLayer.Network, "Zigbee beacon", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field ExtendedNetwork = Field.Bytes("extended_pan", "zbee_beacon.ext_panid", about: "Extended number of the network");

        public static readonly Field[] All =
        [
            Field.Number("protocol", "zbee_beacon.protocol", at: 0, size: 1, about: "Protocol: 0 for Zigbee"),
            Field.Number("profile", "zbee_beacon.profile", at: 1, size: 2, mask: 0x000F, littleEndian: true, about: "Stack profile", names: static v => v switch { 1 => "Zigbee", 2 => "Zigbee PRO", _ => null }),
            Field.Number("version", "zbee_beacon.version", at: 1, size: 2, mask: 0x00F0, littleEndian: true, about: "Version"),
            Field.Flag("router_capacity", "zbee_beacon.router", at: 1, size: 2, mask: 0x0400, littleEndian: true, about: "Routers may join"),
            Field.Number("depth", "zbee_beacon.depth", at: 1, size: 2, mask: 0x7800, littleEndian: true, about: "Hops from the coordinator"),
            Field.Flag("device_capacity", "zbee_beacon.end_dev", at: 1, size: 2, mask: 0x8000, littleEndian: true, about: "End devices may join"),
            ExtendedNetwork,
            Field.Number("transmit_offset", "zbee_beacon.tx_offset", at: 11, size: 3, littleEndian: true, about: "Offset of the transmission"),
            Field.Number("update", "zbee_beacon.update_id", at: 14, size: 1, about: "Which settings of the network"),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // The protocol is 0, and only versions 1 to 3 have this form.
        if (end - offset != Size || dissection.Bytes[offset] != 0 || (dissection.Bytes[offset + 1] >> 4) is 0 or > 3)
        {
            return false;
        }

        dissection.Add(Value, offset, Size, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);

        // People write it with the highest byte first.
        Span<byte> network = stackalloc byte[8];
        view.BytesOf(index).Slice(ExtendedNetworkAt, network.Length).CopyTo(network);
        network.Reverse();
        sink.Bytes(Fields.ExtendedNetwork, network, view[index].Offset + ExtendedNetworkAt);
    }
}
