using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.RemoteCalls;

/// <summary>How a directory of NFS is mounted (RFC 1094, appendix A; RFC 1813, appendix I): its path, and the handle that stands for it from then on.</summary>
internal static class MountProtocol
{
    private const int Mount = 1;
    private const int Unmount = 3;
    private const int MaxPath = 1024;

    public static readonly Protocol Value = new("mount", OsiLayer.Application, "Mount service of NFS", Fields.All, describe: Describe);

    private static class Fields
    {
        public static readonly Field Procedure1 = Field.Number("procedure", "mount.procedure_v1", about: "Procedure of version 1", summary: true, names: static v => NameOf(v), width: 4);
        public static readonly Field Procedure2 = Field.Number("procedure", "mount.procedure_v2", about: "Procedure of version 2", summary: true, names: static v => NameOf(v), width: 4);
        public static readonly Field Procedure3 = Field.Number("procedure", "mount.procedure_v3", about: "Procedure", summary: true, names: static v => NameOf(v), width: 4);
        public static readonly Field Path = Field.Text("path", "mount.path", about: "Directory", summary: true);
        public static readonly Field Status = Field.Number("status", "mount.status", about: "Whether it is granted", summary: true, names: static v => v switch
        {
            0 => "granted",
            1 => "not owner",
            2 => "no such directory",
            5 => "I/O error",
            13 => "access denied",
            20 => "not a directory",
            22 => "invalid argument",
            63 => "name too long",
            10004 => "not supported",
            10006 => "server fault",
            _ => null,
        }, width: 4);

        public static readonly Field[] All = [Procedure1, Procedure2, Procedure3, Path, Status];
    }

    public static void Dissect(in Dissection dissection, RpcFacts call, int offset, int end) => dissection.Add(Value, offset, end - offset, end, call);

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        if (view[index].Detail is not RpcFacts call)
        {
            return;
        }

        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        sink.Number(call.Version switch { 1 => Fields.Procedure1, 2 => Fields.Procedure2, _ => Fields.Procedure3 }, call.Procedure, reader.At, 0);
        switch (call.Procedure, call.IsReply)
        {
            case (Mount or Unmount, false):
                long length = reader.Read(4);
                if (length <= MaxPath)
                {
                    reader.Report(sink, Fields.Path, (int)length);
                }

                break;
            case (Mount, true):
                reader.Report(sink, Fields.Status, 4);
                break;
            default:
                break;
        }
    }

    private static string? NameOf(long procedure) => procedure switch
    {
        0 => "NULL",
        Mount => "MNT",
        2 => "DUMP",
        Unmount => "UMNT",
        4 => "UMNTALL",
        5 => "EXPORT",
        _ => null,
    };
}
