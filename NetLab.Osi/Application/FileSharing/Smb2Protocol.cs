using System.Buffers.Binary;
using System.Text;
using NetLab.Osi.Application.RemoteCalls;
using NetLab.Osi.Application.Security;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.FileSharing;

/// <summary>SMB 2 and 3 ([MS-SMB2], section 2.2): headers, and of the commands what names files, trees, users and dialects.</summary>
internal static class Smb2Protocol
{
    private const int TransformSize = 52;
    private const int IsResponse = 1;
    private const int IsAsync = 2;
    private const int IsRelated = 4;
    private const uint PipeTransceive = 0x0011C017;

    public static readonly Protocol Value = new("smb2", OsiLayer.Application, "Server Message Block 2", Fields.All, describe: Describe);

    internal static class Fields
    {
        public static readonly Field Status = Field.Number("status", "smb2.nt_status", about: "Status of a response", names: static v => Smb2Names.Status((uint)v), width: 4);
        public static readonly Field Command = Field.Number("command", "smb2.cmd", about: "Command", summary: true, names: static v => Smb2Names.Command((int)v), width: 2);
        public static readonly Field Response = Field.Flag("response", "smb2.flags.response", mask: IsResponse, about: "Response");
        public static readonly Field Message = Field.Number("message", "smb2.msg_id", about: "Number of the message");
        public static readonly Field TreeId = Field.Number("tree_id", "smb2.tid", about: "Tree", width: 4);
        public static readonly Field Tree = Field.Text("tree", "smb2.tree", about: "Path of the tree", summary: true);
        public static readonly Field Session = Field.Number("session", "smb2.sesid", about: "Session");
        public static readonly Field Account = Field.Text("account", "smb2.acct", about: "Who is logged on");
        public static readonly Field Domain = Field.Text("domain", "smb2.domain", about: "Domain of the account");
        public static readonly Field Dialect = Field.Number("dialect", "smb2.dialect", about: "Dialect", width: 2);
        public static readonly Field FileName = Field.Text("file", "smb2.filename", about: "Name of a file", summary: true);
        public static readonly Field FileId = Field.Text("file_id", "smb2.fid", about: "File");

        public static readonly Field[] All = [Status, Command, Response, Message, TreeId, Tree, Session, Account, Domain, Dialect, FileName, FileId];
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < 4 || bytes[0] is not (0xFC or 0xFD or 0xFE) || !bytes[1..4].SequenceEqual("SMB"u8))
        {
            return false;
        }

        var state = dissection.Conversation?.State(static () => new Smb2Session());
        if (bytes[0] == 0xFC)
        {
            // Compressed (2.2.42): not opened.
            dissection.Add(Value, offset, bytes.Length, end);
            return true;
        }

        if (bytes[0] == 0xFD)
        {
            Smb2Facts? known = bytes.Length >= TransformSize ? state?.Of(BinaryPrimitives.ReadUInt64LittleEndian(bytes[44..])) : null;
            dissection.Add(Value, offset, bytes.Length, end, known);
            return true;
        }

        (ulong session, uint tree) before = default;
        int at = offset;
        while (at < end)
        {
            if (end - at < Smb2Layout.HeaderSize)
            {
                dissection.Cut(Value, "SMB2 header", at, Smb2Layout.HeaderSize, end);
                break;
            }

            uint next = BinaryPrimitives.ReadUInt32LittleEndian(dissection.Bytes[(at + 20)..]);
            bool isLast = next < Smb2Layout.HeaderSize || next > (uint)(end - at);
            int messageEnd = isLast ? end : at + (int)next;
            if (!DissectMessage(dissection, state, at, messageEnd, ref before) || isLast)
            {
                break;
            }

            at = messageEnd;
        }

        return true;
    }

    private static bool DissectMessage(in Dissection dissection, Smb2Session? state, int offset, int end, ref (ulong Session, uint Tree) before)
    {
        ReadOnlySpan<byte> message = dissection.Bytes[offset..end];
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(message[16..]);
        ulong session = BinaryPrimitives.ReadUInt64LittleEndian(message[40..]);
        uint tree = (flags & IsAsync) != 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(message[36..]);
        if ((flags & IsRelated) != 0)
        {
            // 3.2.4.1.4: of messages in a chain, all ones stand for what the one before has.
            session = session == ulong.MaxValue ? before.Session : session;
            tree = tree == uint.MaxValue ? before.Tree : tree;
        }

        before = (session, tree);
        int command = BinaryPrimitives.ReadUInt16LittleEndian(message[12..]);
        bool isResponse = (flags & IsResponse) != 0;
        (string? path, bool isPipe) = state?.Tree(session, tree) ?? default;
        Smb2Session.Request? request = state is null ? null : isResponse ? Learn(state, message, command, session, tree) : Ask(state, message, command);
        Smb2Facts? known = state?.Of(session);
        if (command == 3 && !isResponse)
        {
            path = request?.Tree;
        }

        int level = isResponse && command == 14 ? (int)(request?.Detail ?? 0) : 0;
        if (path is not null || level != 0)
        {
            known = new Smb2Facts(known?.User, known?.Domain, path, level);
        }

        if (!dissection.Add(Value, offset, message.Length, end, known))
        {
            return false;
        }

        (int blob, int length) = Smb2Layout.Blob(message, command, isResponse);
        if (length > 0 && blob + length <= message.Length)
        {
            GssApiProtocol.Dissect(dissection, offset + blob, offset + blob + length);
        }
        else if (state is not null)
        {
            DissectPipe(dissection, state, message, command, isResponse, isPipe, request, offset);
        }

        return true;
    }

    // What a request says that its response does not.
    private static Smb2Session.Request? Ask(Smb2Session state, ReadOnlySpan<byte> message, int command)
    {
        var request = new Smb2Session.Request(null, 0, Smb2Layout.FileOf(message, command, isResponse: false));
        switch (command)
        {
            case 1 when Smb2Layout.Blob(message, command, isResponse: false) is var (at, length) && at + length <= message.Length:
                if (GssApiProtocol.TryReadAccount(message.Slice(at, length), out string user, out string domain))
                {
                    state.Account = (user, domain);
                }

                break;
            case 3:
                request = request with { Tree = Smb2Layout.Text(message, 68, 70) };
                break;
            case 11 when message.Length >= 72:
                request = request with { Detail = BinaryPrimitives.ReadUInt32LittleEndian(message[68..]) };
                break;
            case 14 when message.Length > 66:
                request = request with { Detail = message[66] };
                break;
            default:
                break;
        }

        state.Ask(BinaryPrimitives.ReadUInt64LittleEndian(message[24..]), request);
        return request;
    }

    private static Smb2Session.Request? Learn(Smb2Session state, ReadOnlySpan<byte> message, int command, ulong session, uint tree)
    {
        uint status = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]);
        Smb2Session.Request? request = state.Answer(BinaryPrimitives.ReadUInt64LittleEndian(message[24..]), keep: status == Smb2Names.Pending);
        switch (command)
        {
            case 1 when status == 0:
                state.LogOn(session);
                break;
            case 3 when status == 0 && request?.Tree is { } path && message.Length > 66:
                state.Connect(session, tree, path, isPipe: message[66] == 2);
                break;
            default:
                break;
        }

        return request;
    }

    // Files of a pipe's tree carry calls of DCE/RPC: written, read, or both by a control code.
    private static void DissectPipe(
        in Dissection dissection, Smb2Session state, ReadOnlySpan<byte> message, int command, bool isResponse, bool isPipe, Smb2Session.Request? request, int offset)
    {
        if (message.Length < Smb2Layout.HeaderSize + 16)
        {
            return;
        }

        (long at, long length) = (command, isResponse) switch
        {
            (9, false) when isPipe => (BinaryPrimitives.ReadUInt16LittleEndian(message[66..]), BinaryPrimitives.ReadUInt32LittleEndian(message[68..])),
            (8, true) when isPipe => (message[66], BinaryPrimitives.ReadUInt32LittleEndian(message[68..])),
            (11, false) when request?.Detail == PipeTransceive && message.Length >= 96 =>
                (BinaryPrimitives.ReadUInt32LittleEndian(message[88..]), BinaryPrimitives.ReadUInt32LittleEndian(message[92..])),
            (11, true) when request?.Detail == PipeTransceive && message.Length >= 104 =>
                (BinaryPrimitives.ReadUInt32LittleEndian(message[96..]), BinaryPrimitives.ReadUInt32LittleEndian(message[100..])),
            _ => (0L, 0L),
        };
        if (at >= Smb2Layout.HeaderSize && length > 0 && at + length <= message.Length)
        {
            DceRpcProtocol.DissectPipe(dissection, state.Calls, request?.File ?? default, !isResponse, offset + (int)at, offset + (int)(at + length));
        }
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> message = view.BytesOf(index);
        int at = view[index].Offset;
        var facts = view[index].Detail as Smb2Facts;
        if (message.Length >= TransformSize && message[0] == 0xFD)
        {
            sink.Number(Fields.Session, BinaryPrimitives.ReadInt64LittleEndian(message[44..]), at + 44, 8);
            ReportAccount(facts, at, sink);
            return;
        }

        if (message.Length < Smb2Layout.HeaderSize || message[0] != 0xFE)
        {
            return;
        }

        var reader = new ByteReader(message, at, littleEndian: true);
        reader.Seek(16);
        uint flags = (uint)reader.ReportHere(sink, Fields.Response, 4);
        bool isResponse = (flags & IsResponse) != 0;
        reader.Seek(8);
        uint status = (uint)reader.Peek(4);
        if (isResponse)
        {
            reader.ReportHere(sink, Fields.Status, 4);
        }

        reader.Seek(12);
        int command = (int)reader.Report(sink, Fields.Command, 2);
        reader.Seek(24);
        reader.Report(sink, Fields.Message, 8);
        if ((flags & IsAsync) == 0)
        {
            reader.Seek(36);
            reader.Report(sink, Fields.TreeId, 4);
        }

        if (facts?.Tree is { } tree)
        {
            sink.Text(Fields.Tree, tree, at + 36, 4);
        }

        reader.Seek(40);
        reader.Report(sink, Fields.Session, 8);
        ReportAccount(facts, at, sink);
        DescribeBody(message, at, command, isResponse, status, facts?.Level ?? 0, sink);
    }

    private static void ReportAccount(Smb2Facts? facts, int at, IFieldSink sink)
    {
        if (facts?.User is not null)
        {
            sink.Text(Fields.Account, facts.User, at + 40, 8);
            sink.Text(Fields.Domain, facts.Domain ?? "", at + 40, 8);
        }
    }

    private static void DescribeBody(ReadOnlySpan<byte> message, int at, int command, bool isResponse, uint status, int level, IFieldSink sink)
    {
        var reader = new ByteReader(message, at, littleEndian: true);
        switch (command, isResponse)
        {
            case (0, false):
                reader.Seek(66);
                long count = reader.Read(2);
                reader.Seek(100);
                for (; count > 0 && reader.Left >= 2; count--)
                {
                    reader.Report(sink, Fields.Dialect, 2);
                }

                return;
            case (0, true) when status == 0:
                reader.Seek(68);
                reader.Report(sink, Fields.Dialect, 2);
                return;
            case (5, false):
                if (Smb2Layout.PlaceOf(message, 108, 110) is var (name, length) && name > 0)
                {
                    sink.Text(Fields.FileName, Encoding.Unicode.GetString(message.Slice(name, length)), at + name, length);
                }

                DescribeContexts(reader, sink);
                return;
            case (14, true) when status == 0:
                Smb2Directory.Describe(message, at, level, sink);
                return;
            default:
                break;
        }

        Place fileAt = Smb2Layout.FileAt(message, command, isResponse);
        if (fileAt.Offset > 0)
        {
            ReportFile(message, fileAt.Offset, at, sink);
        }

        // A new name ([MS-FSCC], 2.4.42): whether to replace, the root, the length of the name.
        if ((command, isResponse) is (17, false) && message.Length >= 80 && message[66] == 1 && message[67] is 10 or 11)
        {
            reader.Seek((int)Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(message[72..]), message.Length) + 16);
            int size = (int)reader.Read(4);
            int from = reader.At;
            ReadOnlySpan<byte> name = reader.Take(size);
            if (!reader.IsShort)
            {
                sink.Text(Fields.FileName, Encoding.Unicode.GetString(name), from, size);
            }
        }
    }

    // 2.2.13.2: a chain of named contexts; those for durable handles begin with a file.
    private static void DescribeContexts(ByteReader reader, IFieldSink sink)
    {
        reader.Seek(112);
        long offset = reader.Read(4);
        long length = reader.Read(4);
        if (reader.IsShort || length == 0 || offset > reader.All.Length)
        {
            return;
        }

        reader.Seek((int)offset);
        ByteReader contexts = reader.Inner(length);
        for (int i = 0; i < 32 && contexts.Left >= 16; i++)
        {
            int start = contexts.Position;
            uint next = (uint)contexts.Read(4);
            int nameAt = (int)contexts.Read(2);
            int nameLength = (int)contexts.Read(2);
            contexts.Skip(2);
            int dataAt = (int)contexts.Read(2);
            contexts.Seek(start + nameAt);
            ReadOnlySpan<byte> name = contexts.Take(nameLength);
            if (name.SequenceEqual("DHnQ"u8) || name.SequenceEqual("DHnC"u8) || name.SequenceEqual("DH2C"u8))
            {
                contexts.Seek(start + dataAt);
                int from = contexts.At;
                ReadOnlySpan<byte> file = contexts.Take(16);
                if (!contexts.IsShort)
                {
                    sink.Text(Fields.FileId, new Guid(file).ToString(), from, 16);
                }
            }

            if (next == 0 || next > (uint)(contexts.All.Length - start) || contexts.IsShort)
            {
                return;
            }

            contexts.Seek(start + (int)next);
        }
    }

    private static void ReportFile(ReadOnlySpan<byte> message, int offset, int at, IFieldSink sink) =>
        sink.Text(Fields.FileId, new Guid(message.Slice(offset, 16)).ToString(), at + offset, 16);
}
