using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Databases;

/// <summary>MySQL's client/server protocol (MySQL internals, "Protocol Basics"): greeting, login, commands, errors.</summary>
internal static class MySqlProtocol
{
    private const int HeaderSize = 4;
    private const int Version10 = 10;
    private const int ErrorMark = 0xFF;
    private const int InitDatabase = 2;
    private const int Query = 3;
    private const int ChangeUser = 17;
    private const int Prepare = 22;
    private const int ConnectWithDatabase = 0x8;
    private const int SecureConnection = 0x8000;
    private const int LengthEncodedData = 0x200000;
    private const int QueryAttributes = 0x8000000;
    private const int LoginMinimum = 36;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "mysql", OsiLayer.Application, "MySQL", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private enum Kind
    {
        Response,
        Greeting,
        Login,
        Command,
        Continuation,
    }

    private static class Fields
    {
        public static readonly Field Length = Field.Number("length", "mysql.packet_length", about: "Bytes of the packet", width: 3);
        public static readonly Field Number = Field.Number("number", "mysql.packet_number", about: "Number of the packet", width: 1);
        public static readonly Field Version = Field.Text("version", "mysql.version", about: "Version of the server", summary: true);
        public static readonly Field User = Field.Text("user", "mysql.user", about: "User", summary: true);
        public static readonly Field Schema = Field.Text("schema", "mysql.schema", about: "Database", summary: true);
        public static readonly Field Command = Field.Number("command", "mysql.command", about: "Command", summary: true, names: static v => CommandName((int)v), width: 1);
        public static readonly Field Statement = Field.Text("query", "mysql.query", about: "Statement", summary: true);
        public static readonly Field Error = Field.Number("error", "mysql.error_code", about: "Error", summary: true, width: 2);
        public static readonly Field Message = Field.Text("message", "mysql.message", about: "What the server says of an error");

        public static readonly Field[] All = [Length, Number, Version, User, Schema, Command, Statement, Error, Message];
    }

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes.Length < HeaderSize)
        {
            return 0;
        }

        return HeaderSize + (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16));
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < HeaderSize)
        {
            return false;
        }

        Dialog? dialog = dissection.Conversation?.State(static () => new Dialog());
        bool fromClient = dissection.Conversation?.IsFromClient ?? true;
        Kind kind;
        if (!fromClient)
        {
            kind = bytes[3] == 0 && bytes.Length > HeaderSize && bytes[HeaderSize] == Version10 && dialog is { HasBegun: false } ? Kind.Greeting : Kind.Response;
        }
        else
        {
            bool isLogin = dialog is { IsGreeted: true, IsLoggedIn: false };
            kind = isLogin ? Kind.Login : bytes[3] == 0 || dialog is { IsGreeted: false, HasBegun: false } ? Kind.Command : Kind.Continuation;
        }

        if (dialog is not null)
        {
            // A login that is nothing but its head asks for TLS; the login comes once more inside.
            dialog.IsLoggedIn |= kind == Kind.Login && bytes.Length > LoginMinimum;
            dialog.IsGreeted |= kind == Kind.Greeting;
            dialog.HasBegun = true;
        }

        if (kind == Kind.Login && dialog is not null && bytes.Length >= HeaderSize + 4)
        {
            dialog.HasQueryAttributes = (BinaryPrimitives.ReadUInt32LittleEndian(bytes[HeaderSize..]) & QueryAttributes) != 0;
        }

        bool hasAttributes = kind == Kind.Command && dialog is { HasQueryAttributes: true };
        dissection.Add(Value, offset, bytes.Length, end, hasAttributes ? MySqlFacts.CommandWithAttributes : MySqlFacts.Of(kind));
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset, littleEndian: true);
        reader.Report(sink, Fields.Length, 3);
        reader.Report(sink, Fields.Number, 1);
        Kind kind = (view[index].Detail as MySqlFacts)?.Kind ?? Kind.Response;
        switch (kind)
        {
            case Kind.Greeting:
                reader.Skip(1);
                ReportText(ref reader, sink, Fields.Version);
                break;
            case Kind.Login when reader.Left >= LoginMinimum - HeaderSize + 1:
                DescribeLogin(ref reader, sink);
                break;
            case Kind.Command:
                DescribeCommand(ref reader, view[index].Detail == MySqlFacts.CommandWithAttributes, sink);
                break;
            case Kind.Response when reader.Peek(1) == ErrorMark && reader.Left >= 3:
                reader.Skip(1);
                reader.Report(sink, Fields.Error, 2);
                reader.Skip(reader.Peek(1) == '#' ? 6 : 0);
                reader.Report(sink, Fields.Message, reader.Left);
                break;
            default:
                break;
        }
    }

    private static void DescribeLogin(ref ByteReader reader, IFieldSink sink)
    {
        long capabilities = reader.Read(4);
        reader.Skip(4 + 1 + 23);
        ReportText(ref reader, sink, Fields.User);
        SkipSecret(ref reader, capabilities);
        if ((capabilities & ConnectWithDatabase) != 0)
        {
            ReportText(ref reader, sink, Fields.Schema);
        }
    }

    private static void SkipSecret(ref ByteReader reader, long capabilities)
    {
        if ((capabilities & LengthEncodedData) != 0)
        {
            long length = reader.Read(1);
            reader.Skip(length == 0xFC ? reader.Read(2) : length == 0xFD ? reader.Read(3) : length);
        }
        else if ((capabilities & SecureConnection) != 0)
        {
            reader.Skip(reader.Read(1));
        }
        else
        {
            int end = reader.Rest.IndexOf((byte)0);
            reader.Skip(end < 0 ? reader.Left : end + 1);
        }
    }

    private static void DescribeCommand(ref ByteReader reader, bool hasAttributes, IFieldSink sink)
    {
        if (reader.Left == 0)
        {
            return;
        }

        int command = (int)reader.Report(sink, Fields.Command, 1);
        if (command == Query && hasAttributes && reader.Left >= 2)
        {
            // A count of attributes and of sets of them, before the statement; where there are attributes, it is not looked for.
            if (reader.Read(1) != 0)
            {
                return;
            }

            reader.Skip(1);
        }

        switch (command)
        {
            case Query or Prepare when reader.Left > 0:
                reader.Report(sink, Fields.Statement, reader.Left);
                break;
            case InitDatabase when reader.Left > 0:
                reader.Report(sink, Fields.Schema, reader.Left);
                break;
            case ChangeUser:
                ReportText(ref reader, sink, Fields.User);
                reader.Skip(reader.Read(1));
                ReportText(ref reader, sink, Fields.Schema);
                break;
            default:
                break;
        }
    }

    private static void ReportText(ref ByteReader reader, IFieldSink sink, Field field)
    {
        int end = reader.Rest.IndexOf((byte)0);
        int length = end < 0 ? reader.Left : end;
        reader.Report(sink, field, length);
        reader.Skip(end < 0 ? 0 : 1);
    }

    private static string? CommandName(int command) => command switch
    {
        0 => "sleep",
        1 => "quit",
        InitDatabase => "use database",
        Query => "query",
        4 => "field list",
        5 => "create database",
        6 => "drop database",
        7 => "refresh",
        8 => "shutdown",
        9 => "statistics",
        10 => "process info",
        12 => "kill",
        14 => "ping",
        ChangeUser => "change user",
        18 => "binlog dump",
        Prepare => "prepare statement",
        23 => "execute statement",
        24 => "send long data",
        25 => "close statement",
        26 => "reset statement",
        27 => "set option",
        28 => "fetch",
        31 => "reset connection",
        _ => null,
    };

    /// <summary>How far a connection has come.</summary>
    private sealed class Dialog
    {
        public bool HasBegun { get; set; }

        public bool IsGreeted { get; set; }

        public bool IsLoggedIn { get; set; }

        public bool HasQueryAttributes { get; set; }
    }

    private sealed class MySqlFacts(Kind kind) : LayerFacts
    {
        private static readonly MySqlFacts[] All = [new(Kind.Response), new(Kind.Greeting), new(Kind.Login), new(Kind.Command), new(Kind.Continuation)];

        public static readonly MySqlFacts CommandWithAttributes = new(Kind.Command);

        public Kind Kind { get; } = kind;

        public static MySqlFacts Of(Kind kind) => All[(int)kind];
    }
}
