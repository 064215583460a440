using System.Buffers.Binary;
using System.Text;
using NetLab.Osi.Application.RemoteCalls;
using NetLab.Osi.Application.Security;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.FileSharing;

/// <summary>SMB 1 ([MS-CIFS], 2.2; [MS-SMB], 2.2): the header, chained commands, and what names trees and files.</summary>
internal static class SmbProtocol
{
    private const int HeaderSize = 32;
    private const int ResponseFlag = 0x80;
    private const int UnicodeFlag = 0x8000;
    private const int StatusFlag = 0x4000;
    private const int Close = 0x04;
    private const int Transaction = 0x25;
    private const int LockingAndX = 0x24;
    private const int ReadAndX = 0x2E;
    private const int WriteAndX = 0x2F;
    private const int Negotiate = 0x72;
    private const int SessionSetupAndX = 0x73;
    private const int TreeConnectAndX = 0x75;
    private const int CreateAndX = 0xA2;
    private const int NoCommand = 0xFF;
    private const int MaxChain = 8;

    public static readonly Protocol Value = new("smb", OsiLayer.Application, "Server Message Block", Fields.All, describe: Describe);

    private static class Fields
    {
        public static readonly Field Command = Field.Number("command", "smb.cmd", about: "Command", summary: true, names: static v => CommandName((int)v), width: 1);
        public static readonly Field Status = Field.Number("status", "smb.nt_status", about: "Status", width: 4);
        public static readonly Field Response = Field.Flag("response", "smb.flags.response", mask: ResponseFlag, about: "Response");
        public static readonly Field TreeId = Field.Number("tree_id", "smb.tid", about: "Tree", width: 2);
        public static readonly Field Process = Field.Number("process", "smb.pid", about: "Process", width: 2);
        public static readonly Field User = Field.Number("user", "smb.uid", about: "User", width: 2);
        public static readonly Field Multiplex = Field.Number("multiplex", "smb.mid", about: "Number of the request", width: 2);
        public static readonly Field Path = Field.Text("path", "smb.path", about: "Path of the tree", summary: true);
        public static readonly Field FileName = Field.Text("file", "smb.file", about: "Name of a file", summary: true);
        public static readonly Field FileId = Field.Number("file_id", "smb.fid", about: "File", width: 2);

        public static readonly Field[] All = [Command, Status, Response, TreeId, Process, User, Multiplex, Path, FileName, FileId];
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < 4 || bytes[0] != 0xFF || !bytes[1..4].SequenceEqual("SMB"u8))
        {
            return false;
        }

        if (bytes.Length < HeaderSize)
        {
            dissection.Cut(Value, "SMB header", offset, HeaderSize, end);
            return true;
        }

        SmbSession? state = dissection.Conversation?.State(static () => new SmbSession());
        SmbFacts? facts = state is null ? null : Learn(state, bytes);
        if (!dissection.Add(Value, offset, bytes.Length, end, facts))
        {
            return true;
        }

        Place token = Token(bytes);
        if (token.Length > 0)
        {
            GssApiProtocol.Dissect(dissection, offset + token.Offset, offset + token.Offset + token.Length);
        }
        else if (state is not null && PipeData(bytes) is { Length: > 0 } data)
        {
            int pipe = IsResponse(bytes) ? facts?.File ?? 0 : FileOf(bytes, bytes[4], HeaderSize) ?? 0;
            DceRpcProtocol.DissectPipe(dissection, state.Calls, new Guid(pipe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), !IsResponse(bytes), offset + data.Offset, offset + data.Offset + data.Length);
        }

        return true;
    }

    private static bool IsResponse(ReadOnlySpan<byte> message) => (message[9] & ResponseFlag) != 0;

    private static int Read16(ReadOnlySpan<byte> message, int at) => at >= 0 && at + 2 <= message.Length ? BinaryPrimitives.ReadUInt16LittleEndian(message[at..]) : 0;

    private static uint StatusOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32LittleEndian(message[5..]);

    private static SmbFacts? Learn(SmbSession state, ReadOnlySpan<byte> message)
    {
        int tree = Read16(message, 24);
        int process = Read16(message, 26);
        int multiplex = Read16(message, 30);
        string? path = state.Tree(tree);
        if (!IsResponse(message))
        {
            int? about = FileOf(message, message[4], HeaderSize);
            var request = new SmbRequest(TreePath(message), CreateName(message), about);
            state.Ask(process, multiplex, request);
            string? name = about is { } known ? state.File(known) : null;
            return path is null && name is null ? null : new SmbFacts(path, name, null);
        }

        SmbRequest? asked = state.Answer(process, multiplex);
        if (asked?.Path is { } connected && StatusOf(message) == 0)
        {
            state.Connect(tree, connected);
        }

        int? file = message[4] == CreateAndX ? FileOf(message, CreateAndX, HeaderSize) : asked?.File;
        if (message[4] == CreateAndX && file is { } opened && asked?.Name is { } created && StatusOf(message) == 0)
        {
            state.Open(opened, created);
        }

        string? of = asked?.Name ?? (file is { } number ? state.File(number) : null);
        return new SmbFacts(path ?? asked?.Path, of, message[4] == CreateAndX ? null : asked?.File);
    }

    // The path of a tree in a request to connect, which may stand behind another command.
    private static string? TreePath(ReadOnlySpan<byte> message)
    {
        int at = FindCommand(message, TreeConnectAndX);
        if (at < 0 || at >= message.Length || message[at] < 4)
        {
            return null;
        }

        // Words, a count of bytes, the password; in Unicode the path stands at an even place.
        int bytes = at + 1 + (2 * message[at]) + 2 + Read16(message, at + 7);
        return ReadText(message, bytes, out _);
    }

    private static string? CreateName(ReadOnlySpan<byte> message)
    {
        int at = FindCommand(message, CreateAndX);
        return at < 0 || at >= message.Length || message[at] != 24 ? null : ReadText(message, at + 1 + 48 + 2, out _);
    }

    // Where a command's words begin in the chain of a message; -1 when it is not in it.
    private static int FindCommand(ReadOnlySpan<byte> message, int wanted)
    {
        int command = message[4];
        int at = HeaderSize;
        for (int i = 0; i < MaxChain; i++)
        {
            if (command == wanted)
            {
                return at;
            }

            if (!IsAndX(command) || at + 5 > message.Length || message[at] < 2)
            {
                return -1;
            }

            int next = Read16(message, at + 3);
            command = message[at + 1];
            if (command == NoCommand || next <= at)
            {
                return -1;
            }

            at = next;
        }

        return -1;
    }

    private static bool IsAndX(int command) => command is LockingAndX or 0x2D or ReadAndX or WriteAndX or SessionSetupAndX or 0x74 or TreeConnectAndX or CreateAndX;

    private static string? ReadText(ReadOnlySpan<byte> message, int at, out int from)
    {
        bool isUnicode = (Read16(message, 10) & UnicodeFlag) != 0;
        from = isUnicode ? (at + 1) & ~1 : at;
        if (from < 0 || from >= message.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = message[from..];
        if (!isUnicode)
        {
            int end = rest.IndexOf((byte)0);
            return Encoding.Latin1.GetString(end < 0 ? rest : rest[..end]);
        }

        ReadOnlySpan<char> text = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, char>(rest);
        int stop = text.IndexOf('\0');
        return (stop < 0 ? text : text[..stop]).ToString();
    }

    // Where the words of a command name a file; null when they do not.
    private static int? FileOf(ReadOnlySpan<byte> message, int command, int at)
    {
        int words = at < message.Length ? message[at] : 0;
        int place = (command, words, IsResponse(message)) switch
        {
            (CreateAndX, >= 26, true) => 5,
            (CreateAndX, _, _) => -1,
            (0x2D, >= 15, true) => 4,
            (ReadAndX or WriteAndX or LockingAndX, >= 8, false) => 4,
            (Close, 3, false) or (0x05, 1, false) => 0,
            (0x0A or 0x0B or 0x0C or 0x0D, >= 5, false) => 0,
            (Transaction, 16, false) => 30,
            _ => -1,
        };
        return place < 0 || at + 1 + place + 2 > message.Length ? null : Read16(message, at + 1 + place);
    }

    // A security token of extended security.
    private static Place Token(ReadOnlySpan<byte> message)
    {
        int words = message.Length > HeaderSize ? message[HeaderSize] : 0;
        int bytes = HeaderSize + 1 + (2 * words) + 2;
        (int at, int length) = (message[4], words, IsResponse(message)) switch
        {
            (SessionSetupAndX, 12, false) => (bytes, Read16(message, HeaderSize + 15)),
            (SessionSetupAndX, 4, true) => (bytes, Read16(message, HeaderSize + 7)),
            (Negotiate, 17, true) when Read16(message, bytes - 2) > 16 => (bytes + 16, Read16(message, bytes - 2) - 16),
            _ => (0, 0),
        };
        return at > 0 && length > 0 && at + length <= message.Length ? new Place(at, length) : default;
    }

    // What is written to a pipe, read from it, or both.
    private static Place PipeData(ReadOnlySpan<byte> message)
    {
        int words = message.Length > HeaderSize ? message[HeaderSize] : 0;
        int first = HeaderSize + 1;
        (int at, int length) = (message[4], words, IsResponse(message)) switch
        {
            (Transaction, 16, false) when Read16(message, first + 28) == 0x26 => (Read16(message, first + 24), Read16(message, first + 22)),
            (Transaction, 10, true) => (Read16(message, first + 14), Read16(message, first + 12)),
            (WriteAndX, >= 12, false) => (Read16(message, first + 22), Read16(message, first + 20)),
            (ReadAndX, 12, true) => (Read16(message, first + 12), Read16(message, first + 10)),
            _ => (0, 0),
        };
        return at >= HeaderSize && length >= 16 && at + length <= message.Length && DceRpcProtocol.Begins(message.Slice(at, length)) ? new Place(at, length) : default;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> message = view.BytesOf(index);
        int at = view[index].Offset;
        var reader = new ByteReader(message, at, littleEndian: true);
        reader.Seek(4);
        reader.Report(sink, Fields.Command, 1);
        if (message.Length < HeaderSize)
        {
            return;
        }

        if ((Read16(message, 10) & StatusFlag) != 0)
        {
            reader.ReportHere(sink, Fields.Status, 4);
        }

        reader.Skip(4);
        reader.Report(sink, Fields.Response, 1);
        reader.Seek(24);
        reader.Report(sink, Fields.TreeId, 2);
        var facts = view[index].Detail as SmbFacts;
        reader.Report(sink, Fields.Process, 2);
        reader.Report(sink, Fields.User, 2);
        reader.Report(sink, Fields.Multiplex, 2);
        if (facts?.Path is { } path)
        {
            sink.Text(Fields.Path, path, at + 24, 2);
        }

        DescribeChain(message, at, facts, sink);
    }

    private static void DescribeChain(ReadOnlySpan<byte> message, int offset, SmbFacts? facts, IFieldSink sink)
    {
        int command = message[4];
        int at = HeaderSize;
        for (int i = 0; i < MaxChain && at < message.Length; i++)
        {
            if (FileOf(message, command, at) is { } file)
            {
                sink.Number(Fields.FileId, file, offset + at, 2);
            }
            else if (i == 0 && facts?.File is { } asked)
            {
                sink.Number(Fields.FileId, asked, offset + at, 0);
            }

            if (!IsResponse(message) && command == TreeConnectAndX && ReadText(message, at + 1 + (2 * message[at]) + 2 + Read16(message, at + 7), out int from) is { } path && facts?.Path is null)
            {
                sink.Text(Fields.Path, path, offset + from, 0);
            }

            if (!IsResponse(message) && command == CreateAndX && message[at] == 24 && ReadText(message, at + 51, out int nameAt) is { } name)
            {
                sink.Text(Fields.FileName, name, offset + nameAt, 0);
            }
            else if (i == 0 && facts?.Name is { } known)
            {
                sink.Text(Fields.FileName, known, offset + at, 0);
            }

            if (!IsAndX(command) || at + 5 > message.Length || message[at] < 2)
            {
                return;
            }

            int next = Read16(message, at + 3);
            command = message[at + 1];
            sink.Number(Fields.Command, command, offset + at + 1, 1);
            if (command == NoCommand || next <= at)
            {
                return;
            }

            at = next;
        }
    }

    private static string? CommandName(int command) => command switch
    {
        0x00 => "create directory",
        0x01 => "delete directory",
        Close => "close",
        0x05 => "flush",
        0x06 => "delete",
        0x07 => "rename",
        0x08 => "query information",
        0x0A => "read",
        0x0B => "write",
        LockingAndX => "locking",
        Transaction => "transaction",
        0x2B => "echo",
        0x2D => "open",
        ReadAndX => "read",
        WriteAndX => "write",
        0x32 => "transaction 2",
        0x34 => "find close",
        0x70 => "tree connect",
        0x71 => "tree disconnect",
        Negotiate => "negotiate",
        SessionSetupAndX => "session setup",
        0x74 => "logoff",
        TreeConnectAndX => "tree connect",
        0xA0 => "NT transaction",
        CreateAndX => "create",
        0xA4 => "NT cancel",
        NoCommand => "no further command",
        _ => null,
    };
}
