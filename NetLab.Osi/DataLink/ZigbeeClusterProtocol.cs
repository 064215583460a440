using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>The header of the Zigbee Cluster Library (revision 8, 2.4.1): which command of all clusters, or of one, a frame brings.</summary>
internal static class ZigbeeClusterProtocol
{
    private const int MinSize = 3;
    private const int ManufacturerSpecific = 0x04;
    private const int ClusterSpecific = 1;

    public static readonly Protocol Value = new("zbee_zcl", OsiLayer.Application, "Zigbee Cluster Library", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "zbee_zcl.type", mask: 0x03, about: "Whose command it is", names: static v => v switch { 0 => "of all clusters", ClusterSpecific => "of the cluster", _ => null }, width: 1);
        public static readonly Field HasManufacturer = Field.Flag(null, "zbee_zcl.ms", mask: ManufacturerSpecific, about: "Of a manufacturer");
        public static readonly Field FromServer = Field.Flag("from_server", "zbee_zcl.dir", mask: 0x08, about: "The server of the cluster sends it");
        public static readonly Field NoResponse = Field.Flag(null, "zbee_zcl.ddr", mask: 0x10, about: "No answer that only says that it was done");
        public static readonly Field Manufacturer = Field.Number("manufacturer", "zbee_zcl.cmd.mc", about: "Manufacturer", width: 2);
        public static readonly Field Sequence = Field.Number("sequence", "zbee_zcl.cmd.tsn", about: "Sequence number", width: 1);
        public static readonly Field Command = Field.Number("command", "zbee_zcl.cmd.id", about: "Command", summary: true, names: static v => NameOf((int)v), width: 1);
        public static readonly Field ClusterCommand = Field.Number("command", "zbee_zcl.cs.cmd.id", about: "Command of the cluster", summary: true, width: 1);

        public static readonly Field[] All = [Type, HasManufacturer, FromServer, NoResponse, Manufacturer, Sequence, Command, ClusterCommand];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int size = MinSize + (offset < end && (dissection.Bytes[offset] & ManufacturerSpecific) != 0 ? 2 : 0);
        if (end - offset < size)
        {
            dissection.Cut(Value, "Zigbee cluster header", offset, size, end);
        }
        else if (dissection.Add(Value, offset, size, end))
        {
            dissection.Data(OsiLayer.Application, offset + size, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset, littleEndian: true);
        reader.ReportHere(sink, Fields.Type, 1);
        reader.ReportHere(sink, Fields.HasManufacturer, 1);
        reader.ReportHere(sink, Fields.FromServer, 1);
        long control = reader.Report(sink, Fields.NoResponse, 1);
        if ((control & ManufacturerSpecific) != 0)
        {
            reader.Report(sink, Fields.Manufacturer, 2);
        }

        reader.Report(sink, Fields.Sequence, 1);
        reader.Report(sink, (control & 3) == ClusterSpecific ? Fields.ClusterCommand : Fields.Command, 1);
    }

    // 2.5, table 2-3.
    private static string? NameOf(int command) => command switch
    {
        0x00 => "read attributes",
        0x01 => "read attributes response",
        0x02 => "write attributes",
        0x03 => "write attributes undivided",
        0x04 => "write attributes response",
        0x05 => "write attributes without response",
        0x06 => "configure reporting",
        0x07 => "configure reporting response",
        0x08 => "read reporting configuration",
        0x09 => "read reporting configuration response",
        0x0A => "report attributes",
        0x0B => "default response",
        0x0C => "discover attributes",
        0x0D => "discover attributes response",
        0x0E => "read attributes structured",
        0x0F => "write attributes structured",
        0x10 => "write attributes structured response",
        0x11 => "discover commands received",
        0x12 => "discover commands received response",
        0x13 => "discover commands generated",
        0x14 => "discover commands generated response",
        0x15 => "discover attributes extended",
        0x16 => "discover attributes extended response",
        _ => null,
    };
}
