using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.RemoteCalls;

/// <summary>The port mapper, version 2 (RFC 1833, section 3).</summary>
internal static class PortmapProtocol
{
    private const int Set = 1;
    private const int Unset = 2;
    private const int GetPort = 3;
    private const int Dump = 4;
    private const int CallIt = 5;
    private const int MaxEntries = 1024;

    public static readonly Protocol Value = new("portmap", OsiLayer.Application, "Port mapper", Fields.All, describe: Describe);

    private static class Fields
    {
        public static readonly Field Procedure2 = Field.Number("procedure", "portmap.procedure_v2", about: "Procedure", summary: true, names: static v => (int)v switch
        {
            0 => "NULL",
            Set => "SET",
            Unset => "UNSET",
            GetPort => "GETPORT",
            Dump => "DUMP",
            CallIt => "CALLIT",
            _ => null,
        }, width: 4);
        public static readonly Field Procedure3 = Field.Number("procedure", "portmap.procedure_v3", about: "Procedure of version 3", summary: true, width: 4);
        public static readonly Field Procedure4 = Field.Number("procedure", "portmap.procedure_v4", about: "Procedure of version 4", summary: true, width: 4);
        public static readonly Field Program = Field.Number("program", "portmap.prog", about: "Program", width: 4);
        public static readonly Field Version = Field.Number("version", "portmap.version", about: "Version of the program", width: 4);
        public static readonly Field Protocol = Field.Number("protocol", "portmap.proto", about: "Protocol", names: static v => v == 6 ? "TCP" : v == 17 ? "UDP" : null, width: 4);
        public static readonly Field Port = Field.Number("port", "portmap.port", about: "Port", summary: true, width: 4);
        public static readonly Field CalledProgram = Field.Number("called_program", "portmap.proc", about: "Procedure that is called", width: 4);

        public static readonly Field[] All = [Procedure2, Procedure3, Procedure4, Program, Version, Protocol, Port, CalledProgram];
    }

    public static void Dissect(in Dissection dissection, RpcFacts call, int offset, int end) => dissection.Add(Value, offset, end - offset, end, call);

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        if (view[index].Detail is not RpcFacts call)
        {
            return;
        }

        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        sink.Number(call.Version switch { 2 => Fields.Procedure2, 3 => Fields.Procedure3, _ => Fields.Procedure4 }, call.Procedure, reader.At, 0);
        if (call.Version != 2)
        {
            return;
        }

        switch (call.Procedure, call.IsReply)
        {
            case (Set or Unset or GetPort, false):
                ReportMapping(ref reader, sink);
                break;
            case (GetPort, true):
                reader.Report(sink, Fields.Port, 4);
                break;
            case (Dump, true):
                // Each mapping stands behind a 1, the end behind a 0.
                for (int i = 0; i < MaxEntries && reader.Read(4) == 1; i++)
                {
                    ReportMapping(ref reader, sink);
                }

                break;
            case (CallIt, false):
                reader.Report(sink, Fields.Program, 4);
                reader.Report(sink, Fields.Version, 4);
                reader.Report(sink, Fields.CalledProgram, 4);
                break;
            case (CallIt, true):
                reader.Report(sink, Fields.Port, 4);
                break;
            default:
                break;
        }
    }

    private static void ReportMapping(ref ByteReader reader, IFieldSink sink)
    {
        reader.Report(sink, Fields.Program, 4);
        reader.Report(sink, Fields.Version, 4);
        reader.Report(sink, Fields.Protocol, 4);
        reader.Report(sink, Fields.Port, 4);
    }
}
