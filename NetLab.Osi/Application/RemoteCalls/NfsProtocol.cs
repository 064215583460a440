using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.RemoteCalls;

/// <summary>NFS version 3 (RFC 1813, section 3): procedures, files, status, times; of versions 2 and 4 the procedure.</summary>
internal static class NfsProtocol
{
    private const int GetAttributes = 1;
    private const int SetAttributes = 2;
    private const int Lookup = 3;
    private const int Access = 4;
    private const int ReadLink = 5;
    private const int Read = 6;
    private const int Write = 7;
    private const int Create = 8;
    private const int MakeDirectory = 9;
    private const int MakeSymbolicLink = 10;
    private const int MakeNode = 11;
    private const int Remove = 12;
    private const int RemoveDirectory = 13;
    private const int Rename = 14;
    private const int Link = 15;
    private const int ReadDirectory = 16;
    private const int ReadDirectoryPlus = 17;
    private const int Commit = 21;
    private const int MaxHandle = 64;
    private const int MaxEntries = 4096;

    public static readonly Protocol Value = new("nfs", OsiLayer.Application, "Network File System", Fields.All, describe: Describe);

    private static class Fields
    {
        public static readonly Field Procedure2 = Field.Number("procedure", "nfs.procedure_v2", about: "Procedure of version 2", summary: true, width: 4);
        public static readonly Field Procedure3 = Field.Number("procedure", "nfs.procedure_v3", about: "Procedure", summary: true, names: static v => ProcedureName((int)v), width: 4);
        public static readonly Field Procedure4 = Field.Number("procedure", "nfs.procedure_v4", about: "Procedure of version 4", summary: true, names: static v => v == 1 ? "COMPOUND" : v == 0 ? "NULL" : null, width: 4);
        public static readonly Field Status = Field.Number("status", "nfs.status", about: "How the call ended", summary: true, names: static v => (int)v switch
        {
            0 => "OK",
            1 => "not owner",
            2 => "no such file or directory",
            13 => "permission denied",
            17 => "file exists",
            20 => "not a directory",
            30 => "read-only file system",
            66 => "directory not empty",
            70 => "stale file handle",
            _ => null,
        }, width: 4);
        public static readonly Field HandleLength = Field.Number(null, "nfs.fh.length", about: "Bytes of a file handle", width: 4);
        public static readonly Field Handle = Field.Bytes("handle", "nfs.fhandle", about: "File handle");
        public static readonly Field Name = Field.Text("name", "nfs.name", about: "Name of a file", summary: true);
        public static readonly Field AccessTime = Field.Of(FieldKind.Date, "atime", "nfs.atime", "When it was last read");
        public static readonly Field ModifyTime = Field.Of(FieldKind.Date, "mtime", "nfs.mtime", "When it was last written");
        public static readonly Field ChangeTime = Field.Of(FieldKind.Date, "ctime", "nfs.ctime", "When its attributes were last changed");
        public static readonly Field AccessSeconds = Field.Number(null, "nfs.atime.sec", about: "Seconds of the time it was last read", width: 4);
        public static readonly Field ModifySeconds = Field.Number(null, "nfs.mtime.sec", about: "Seconds of the time it was last written", width: 4);
        public static readonly Field ChangeSeconds = Field.Number(null, "nfs.ctime.sec", about: "Seconds of the time its attributes were last changed", width: 4);

        public static readonly Field[] All =
        [
            Procedure2, Procedure3, Procedure4, Status, HandleLength, Handle, Name, AccessTime, ModifyTime, ChangeTime, AccessSeconds, ModifySeconds, ChangeSeconds,
        ];
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
        if (call.Version != 3 || call.Procedure == 0)
        {
            return;
        }

        if (call.IsReply)
        {
            DescribeReply((int)call.Procedure, ref reader, sink);
        }
        else
        {
            DescribeCall((int)call.Procedure, ref reader, sink);
        }
    }

    private static void DescribeCall(int procedure, ref ByteReader reader, IFieldSink sink)
    {
        ReportHandle(ref reader, sink);
        switch (procedure)
        {
            case SetAttributes:
                ReportSettings(ref reader, sink);
                break;
            case Lookup or Remove or RemoveDirectory:
                ReportName(ref reader, sink);
                break;
            case Create:
                ReportName(ref reader, sink);
                if (reader.Read(4) != 2)
                {
                    ReportSettings(ref reader, sink);
                }

                break;
            case MakeDirectory or MakeSymbolicLink:
                ReportName(ref reader, sink);
                ReportSettings(ref reader, sink);
                break;
            case MakeNode:
                ReportName(ref reader, sink);
                reader.Skip(4);
                ReportSettings(ref reader, sink);
                break;
            case Rename:
                ReportName(ref reader, sink);
                ReportHandle(ref reader, sink);
                ReportName(ref reader, sink);
                break;
            case Link:
                ReportHandle(ref reader, sink);
                ReportName(ref reader, sink);
                break;
            default:
                break;
        }
    }

    private static void DescribeReply(int procedure, ref ByteReader reader, IFieldSink sink)
    {
        bool isGood = reader.Report(sink, Fields.Status, 4) == 0;
        switch (procedure)
        {
            case GetAttributes when isGood:
                ReportAttributes(ref reader, sink);
                break;
            case GetAttributes:
                break;
            case Lookup when isGood:
                ReportHandle(ref reader, sink);
                ReportOptionalAttributes(ref reader, sink);
                ReportOptionalAttributes(ref reader, sink);
                break;
            case SetAttributes or Write or Remove or RemoveDirectory or Commit:
                ReportChange(ref reader, sink);
                break;
            case Create or MakeDirectory or MakeSymbolicLink or MakeNode:
                if (isGood)
                {
                    if (reader.Read(4) == 1)
                    {
                        ReportHandle(ref reader, sink);
                    }

                    ReportOptionalAttributes(ref reader, sink);
                }

                ReportChange(ref reader, sink);
                break;
            case Rename:
                ReportChange(ref reader, sink);
                ReportChange(ref reader, sink);
                break;
            case Link:
                ReportOptionalAttributes(ref reader, sink);
                ReportChange(ref reader, sink);
                break;
            case ReadDirectory or ReadDirectoryPlus:
                ReportOptionalAttributes(ref reader, sink);
                if (isGood)
                {
                    ReportDirectory(hasAttributes: procedure == ReadDirectoryPlus, ref reader, sink);
                }

                break;
            default:
                // Access, ReadLink, Read, and the three that describe the file system.
                ReportOptionalAttributes(ref reader, sink);
                break;
        }
    }

    private static void ReportDirectory(bool hasAttributes, ref ByteReader reader, IFieldSink sink)
    {
        reader.Skip(8);
        for (int i = 0; i < MaxEntries && reader.Read(4) == 1; i++)
        {
            reader.Skip(8);
            ReportName(ref reader, sink);
            reader.Skip(8);
            if (hasAttributes)
            {
                ReportOptionalAttributes(ref reader, sink);
                if (reader.Read(4) == 1)
                {
                    ReportHandle(ref reader, sink);
                }
            }
        }
    }

    private static void ReportHandle(ref ByteReader reader, IFieldSink sink)
    {
        long length = reader.Report(sink, Fields.HandleLength, 4);
        if (length is > 0 and <= MaxHandle)
        {
            reader.Report(sink, Fields.Handle, (int)length);
            reader.Align(4);
        }
    }

    private static void ReportName(ref ByteReader reader, IFieldSink sink)
    {
        long length = reader.Read(4);
        reader.Report(sink, Fields.Name, (int)Math.Min(length, int.MaxValue));
        reader.Align(4);
    }

    private static void ReportOptionalAttributes(ref ByteReader reader, IFieldSink sink)
    {
        if (reader.Read(4) == 1)
        {
            ReportAttributes(ref reader, sink);
        }
    }

    // RFC 1813, 2.6: type, mode, links, owner, group, size, used, device, file system, file; then the times.
    private static void ReportAttributes(ref ByteReader reader, IFieldSink sink)
    {
        reader.Skip((5 * 4) + (5 * 8));
        ReportTime(ref reader, Fields.AccessTime, Fields.AccessSeconds, sink);
        ReportTime(ref reader, Fields.ModifyTime, Fields.ModifySeconds, sink);
        ReportTime(ref reader, Fields.ChangeTime, Fields.ChangeSeconds, sink);
    }

    // What was before: size, mtime, ctime; and the attributes after.
    private static void ReportChange(ref ByteReader reader, IFieldSink sink)
    {
        if (reader.Read(4) == 1)
        {
            reader.Skip(8);
            ReportTime(ref reader, Fields.ModifyTime, Fields.ModifySeconds, sink);
            ReportTime(ref reader, Fields.ChangeTime, Fields.ChangeSeconds, sink);
        }

        ReportOptionalAttributes(ref reader, sink);
    }

    // Mode, owner and group, size: each if it is set; times: kept, the server's, or the client's.
    private static void ReportSettings(ref ByteReader reader, IFieldSink sink)
    {
        foreach (int size in (ReadOnlySpan<int>)[4, 4, 4, 8])
        {
            if (reader.Read(4) == 1)
            {
                reader.Skip(size);
            }
        }

        if (reader.Read(4) == 2)
        {
            ReportTime(ref reader, Fields.AccessTime, Fields.AccessSeconds, sink);
        }

        if (reader.Read(4) == 2)
        {
            ReportTime(ref reader, Fields.ModifyTime, Fields.ModifySeconds, sink);
        }
    }

    private static void ReportTime(ref ByteReader reader, Field field, Field secondsField, IFieldSink sink)
    {
        if (reader.Left >= 8)
        {
            int at = reader.At;
            long seconds = reader.ReportHere(sink, secondsField, 4);
            reader.Skip(4);
            sink.Number(field, (seconds * 1_000_000_000) + reader.Read(4), at, 8);
        }
        else
        {
            reader.Skip(8);
        }
    }

    private static string? ProcedureName(int procedure) => procedure switch
    {
        0 => "NULL",
        GetAttributes => "GETATTR",
        SetAttributes => "SETATTR",
        Lookup => "LOOKUP",
        Access => "ACCESS",
        ReadLink => "READLINK",
        Read => "READ",
        Write => "WRITE",
        Create => "CREATE",
        MakeDirectory => "MKDIR",
        MakeSymbolicLink => "SYMLINK",
        MakeNode => "MKNOD",
        Remove => "REMOVE",
        RemoveDirectory => "RMDIR",
        Rename => "RENAME",
        Link => "LINK",
        ReadDirectory => "READDIR",
        ReadDirectoryPlus => "READDIRPLUS",
        18 => "FSSTAT",
        19 => "FSINFO",
        20 => "PATHCONF",
        Commit => "COMMIT",
        _ => null,
    };
}
