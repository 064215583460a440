using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Industry;

/// <summary>Generic Object Oriented Substation Events (IEC 61850-8-1, annex C and section 18).</summary>
internal static class GooseProtocol
{
    private const int HeaderSize = 8;
    private const int Pdu = 0x61;

    public static readonly Protocol Value = new("goose", OsiLayer.Application, "GOOSE", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field AppId = Field.Number("app_id", "goose.appid", at: 0, size: 2, about: "Application");
        public static readonly Field Length = Field.Number("length", "goose.length", at: 2, size: 2, about: "Bytes with this header");
        public static readonly Field Reserved1 = Field.Number(null, "goose.reserve1", at: 4, size: 2, about: "Reserved 1");
        public static readonly Field Simulated = Field.Flag("simulated", "goose.reserve1.s_bit", at: 4, size: 2, mask: 0x8000, about: "Simulated");
        public static readonly Field Reserved2 = Field.Number(null, "goose.reserve2", at: 6, size: 2, about: "Reserved 2");
        public static readonly Field ControlBlock = Field.Text("control_block", "goose.gocbRef", about: "Control block", summary: true);
        public static readonly Field TimeToLive = Field.Number("time_to_live", "goose.timeAllowedtoLive", about: "Milliseconds until the next must come", width: 4);
        public static readonly Field DataSet = Field.Text("data_set", "goose.datSet", about: "Data set");
        public static readonly Field Id = Field.Text("id", "goose.goID", about: "Name");
        public static readonly Field StateNumber = Field.Number("state_number", "goose.stNum", about: "Number of the state", summary: true, width: 4);
        public static readonly Field SequenceNumber = Field.Number("sequence_number", "goose.sqNum", about: "Number of the repetition", summary: true, width: 4);
        public static readonly Field Simulation = Field.Flag("simulation", "goose.simulation", about: "Simulation");
        public static readonly Field Revision = Field.Number("revision", "goose.confRev", about: "Revision of the configuration", width: 4);
        public static readonly Field NeedsCommissioning = Field.Flag("needs_commissioning", "goose.ndsCom", about: "Needs commissioning");
        public static readonly Field Entries = Field.Number("entries", "goose.numDatSetEntries", about: "Entries of the data set", width: 4);

        public static readonly Field[] All =
        [
            AppId, Length, Reserved1, Simulated, Reserved2, ControlBlock, TimeToLive, DataSet, Id, StateNumber, SequenceNumber, Simulation, Revision, NeedsCommissioning, Entries,
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < HeaderSize)
        {
            dissection.Cut(Value, "GOOSE header", offset, HeaderSize, end);
            return true;
        }

        int length = (dissection.Bytes[offset + 2] << 8) | dissection.Bytes[offset + 3];
        dissection.Add(Value, offset, Math.Min(end - offset, Math.Max(length, HeaderSize)), end);
        if (length < HeaderSize || length > Math.Max(end, dissection.WireEnd) - offset)
        {
            dissection.Malformed(OsiLayer.Application, "GOOSE length", offset + 2, length);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        if (bytes.Length < HeaderSize)
        {
            return;
        }

        var outer = new BerReader(bytes[HeaderSize..], view[index].Offset + HeaderSize);
        if (!outer.Next(Pdu))
        {
            return;
        }

        BerReader pdu = outer.Inside;
        while (pdu.Next())
        {
            Field? field = pdu.Tag switch
            {
                0x80 => Fields.ControlBlock,
                0x81 => Fields.TimeToLive,
                0x82 => Fields.DataSet,
                0x83 => Fields.Id,
                0x85 => Fields.StateNumber,
                0x86 => Fields.SequenceNumber,
                0x87 => Fields.Simulation,
                0x88 => Fields.Revision,
                0x89 => Fields.NeedsCommissioning,
                0x8A => Fields.Entries,
                _ => null,
            };
            pdu.Report(sink, field);
        }
    }
}
