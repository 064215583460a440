using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Industry;

/// <summary>PROFINET real time (IEC 61158-6-10, 4.7): the frame's number, and of cyclic frames the status at their end.</summary>
internal static class ProfinetProtocol
{
    private const int FirstAcyclic = 0xFC00;
    private const int FirstDiscovery = 0xFEFC;
    private const int LastDiscovery = 0xFEFF;
    private const int FirstDelay = 0xFF40;
    private const int LastDelay = 0xFF43;
    private const int TrailerSize = 4;

    public static readonly Protocol Value = new("pn_rt", OsiLayer.DataLink, "PROFINET real time", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field FrameId = Field.Number("frame_id", "pn_rt.frame_id", about: "What the frame is", summary: true, width: 2);
        public static readonly Field Cycle = Field.Number("cycle", "pn_rt.cycle_counter", about: "Cycle counter", width: 2);
        public static readonly Field Status = Field.Number("data_status", "pn_rt.ds", about: "Status of the data", width: 1);
        public static readonly Field Ignore = Field.Number(null, "pn_rt.ds_ignore", mask: 0x80, about: "The data is to be ignored", width: 1);
        public static readonly Field Reserved = Field.Number(null, "pn_rt.ds_Reserved_2", mask: 0x40, about: "Reserved", width: 1);
        public static readonly Field Ok = Field.Number(null, "pn_rt.ds_ok", mask: 0x20, about: "The station has no problem", width: 1);
        public static readonly Field Operate = Field.Number(null, "pn_rt.ds_operate", mask: 0x10, about: "The provider runs", width: 1);
        public static readonly Field Reserved3 = Field.Number(null, "pn_rt.ds_res3", mask: 0x08, about: "Reserved", width: 1);
        public static readonly Field Valid = Field.Number(null, "pn_rt.ds_valid", mask: 0x04, about: "The data is valid", width: 1);
        public static readonly Field Redundancy = Field.Flag(null, "pn_rt.ds_redundancy", mask: 0x02, about: "Redundancy");
        public static readonly Field Primary = Field.Number(null, "pn_rt.ds_primary", mask: 0x01, about: "Sent by the primary", width: 1);
        public static readonly Field Transfer = Field.Number("transfer_status", "pn_rt.transfer_status", about: "Status of the transfer", width: 1);

        public static readonly Field[] All = [FrameId, Cycle, Status, Ignore, Reserved, Ok, Operate, Reserved3, Valid, Redundancy, Primary, Transfer];

        public static readonly Field[] Bits = [Ignore, Reserved, Ok, Operate, Reserved3, Valid, Redundancy, Primary];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 2)
        {
            dissection.Cut(Value, "PROFINET frame ID", offset, 2, end);
            return true;
        }

        int id = (dissection.Bytes[offset] << 8) | dissection.Bytes[offset + 1];
        bool isDiscovery = id is >= FirstDiscovery and <= LastDiscovery;
        bool isDelay = id is >= FirstDelay and <= LastDelay;
        if (!dissection.Add(Value, offset, isDiscovery || isDelay ? 2 : end - offset, end))
        {
            return true;
        }

        if (isDiscovery)
        {
            ProfinetDiscovery.Dissect(dissection, offset + 2, end);
        }
        else if (isDelay)
        {
            ProfinetTimeProtocol.Dissect(dissection, offset + 2, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        long id = reader.Report(sink, Fields.FrameId, 2);

        // Of a frame that the capture cut, the end is not there.
        bool isCyclic = id is >= 0x0100 and < FirstAcyclic;
        if (!isCyclic || reader.Left < TrailerSize || !view[index].IsWhole)
        {
            return;
        }

        reader.Seek(reader.All.Length - TrailerSize);
        reader.Report(sink, Fields.Cycle, 2);
        foreach (Field bit in Fields.Bits)
        {
            reader.ReportHere(sink, bit, 1);
        }

        reader.Report(sink, Fields.Status, 1);
        reader.Report(sink, Fields.Transfer, 1);
    }
}
