using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Industry;

/// <summary>BACnet's network layer (ASHRAE 135, clause 6).</summary>
internal static class BacnetProtocol
{
    private const int NetworkMessage = 0x80;
    private const int HasDestination = 0x20;
    private const int HasSource = 0x08;

    public static readonly Protocol Value = new("bacnet", OsiLayer.Network, "BACnet network layer", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "bacnet.version", about: "Version", width: 1);
        public static readonly Field Control = Field.Number("control", "bacnet.control", about: "Control", width: 1);
        public static readonly Field ControlNetwork = Field.Flag("network_message", "bacnet.control_net", mask: NetworkMessage, about: "A message of the network layer");
        public static readonly Field ControlDestination = Field.Flag(null, "bacnet.control_dest", mask: HasDestination, about: "A destination is named");
        public static readonly Field ControlSource = Field.Flag(null, "bacnet.control_src", mask: HasSource, about: "A source is named");
        public static readonly Field ControlExpect = Field.Flag("expecting_reply", "bacnet.control_expect", mask: 0x04, about: "A reply is expected");
        public static readonly Field ControlHigh = Field.Flag(null, "bacnet.control_prio_high", mask: 0x02, about: "Priority, high bit");
        public static readonly Field ControlLow = Field.Flag(null, "bacnet.control_prio_low", mask: 0x01, about: "Priority, low bit");
        public static readonly Field DestinationNetwork = Field.Number("destination_network", "bacnet.dnet", about: "Destination network", width: 2);
        public static readonly Field DestinationLength = Field.Number(null, "bacnet.dlen", about: "Bytes of the destination address", width: 1);
        public static readonly Field SourceNetwork = Field.Number("source_network", "bacnet.snet", about: "Source network", width: 2);
        public static readonly Field SourceLength = Field.Number(null, "bacnet.slen", about: "Bytes of the source address", width: 1);
        public static readonly Field HopCount = Field.Number("hop_count", "bacnet.hopc", about: "Hops that are left", width: 1);
        public static readonly Field MessageType = Field.Number("message_type", "bacnet.mesgtyp", about: "Type of a message of the network layer", summary: true, width: 1);

        public static readonly Field[] All =
        [
            Version, Control, ControlNetwork, ControlDestination, ControlSource, ControlExpect, ControlHigh, ControlLow,
            DestinationNetwork, DestinationLength, SourceNetwork, SourceLength, HopCount, MessageType,
        ];
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        var reader = new ByteReader(dissection.Bytes[offset..end], offset);
        reader.Skip(1);
        int control = reader.Byte();
        if ((control & HasDestination) != 0)
        {
            reader.Skip(2);
            reader.Skip(reader.Read(1));
        }

        if ((control & HasSource) != 0)
        {
            reader.Skip(2);
            reader.Skip(reader.Read(1));
        }

        reader.Skip((control & HasDestination) != 0 ? 1 : 0);
        bool hasMore = (control & NetworkMessage) == 0 && !reader.IsShort && reader.Left > 0;
        if (dissection.Add(Value, offset, hasMore ? reader.Position : end - offset, end) && hasMore)
        {
            BacnetApplication.Dissect(dissection, reader.At, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        reader.Report(sink, Fields.Version, 1);
        reader.ReportHere(sink, Fields.ControlNetwork, 1);
        reader.ReportHere(sink, Fields.ControlDestination, 1);
        reader.ReportHere(sink, Fields.ControlSource, 1);
        reader.ReportHere(sink, Fields.ControlExpect, 1);
        reader.ReportHere(sink, Fields.ControlHigh, 1);
        reader.ReportHere(sink, Fields.ControlLow, 1);
        long control = reader.Report(sink, Fields.Control, 1);
        if ((control & HasDestination) != 0)
        {
            reader.Report(sink, Fields.DestinationNetwork, 2);
            reader.Skip(reader.Report(sink, Fields.DestinationLength, 1));
        }

        if ((control & HasSource) != 0)
        {
            reader.Report(sink, Fields.SourceNetwork, 2);
            reader.Skip(reader.Report(sink, Fields.SourceLength, 1));
        }

        if ((control & HasDestination) != 0)
        {
            reader.Report(sink, Fields.HopCount, 1);
        }

        if ((control & NetworkMessage) != 0)
        {
            // 6.4: networks that a router reaches, or does not.
            int type = (int)reader.Report(sink, Fields.MessageType, 1);
            reader.Skip(type == 3 ? 1 : 0);
            while (type is 0 or 1 or 3 or 4 or 5 && reader.Left >= 2)
            {
                reader.Report(sink, Fields.DestinationNetwork, 2);
            }
        }
    }
}
