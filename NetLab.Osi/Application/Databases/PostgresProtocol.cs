using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Databases;

/// <summary>PostgreSQL's frontend/backend protocol 3.0 (PostgreSQL documentation, chapter 55): messages, queries, parameters, how commands ended.</summary>
internal static class PostgresProtocol
{
    private const int MaxLength = 1 << 30;
    private const int CancelCode = 80877102;
    private const int SslCode = 80877103;
    private const int GssCode = 80877104;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "pgsql", OsiLayer.Application, "PostgreSQL", Fields.All, Frame, Dissect, Describe, begins: Begins);

    private static class Fields
    {
        public static readonly Field Type = Field.Text("type", "pgsql.type", about: "Message", summary: true);
        public static readonly Field Length = Field.Number("length", "pgsql.length", about: "Bytes from the length on", width: 4);
        public static readonly Field Query = Field.Text("query", "pgsql.query", about: "Query", summary: true);
        public static readonly Field Status = Field.Number("status", "pgsql.status", about: "Whether a transaction is open", width: 1);
        public static readonly Field Tag = Field.Text("tag", "pgsql.tag", about: "Command that ended", summary: true);
        public static readonly Field ParameterName = Field.Text("parameter", "pgsql.parameter_name", about: "Name of a parameter");
        public static readonly Field ParameterValue = Field.Text("value", "pgsql.parameter_value", about: "Value of a parameter");
        public static readonly Field Severity = Field.Text("severity", "pgsql.severity", about: "Severity of an error or a notice");
        public static readonly Field Code = Field.Text("code", "pgsql.code", about: "SQLSTATE of an error or a notice");
        public static readonly Field Message = Field.Text("message", "pgsql.message", about: "Text of an error or a notice", summary: true);

        public static readonly Field[] All = [Type, Length, Query, Status, Tag, ParameterName, ParameterValue, Severity, Code, Message];
    }

    private static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length < 5 || bytes[0] == 0
        ? bytes.Length < 8 || (bytes[0] == 0 && BinaryPrimitives.ReadInt32BigEndian(bytes[4..]) is SslCode or CancelCode or GssCode or (>= 0x30000 and < 0x40000))
        : char.IsAsciiLetterOrDigit((char)bytes[0]) && Frame(bytes, true) > 0;

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (!fromClient && bytes.Length == 1 && bytes[0] is (byte)'S' or (byte)'N' or (byte)'G')
        {
            // The answer to whether it may be encrypted.
            return 1;
        }

        // Of the first message of a client, the length comes first.
        int at = fromClient && bytes[0] == 0 ? 0 : 1;
        if (bytes.Length < at + 4)
        {
            return 0;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
        bool isMessage = at == 0 ? length is >= 8 and < 10_000 : length is >= 4 and < MaxLength && char.IsAsciiLetterOrDigit((char)bytes[0]);
        return isMessage ? at + (int)length : StreamParser.NotMine;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        PostgresFacts facts = PostgresFacts.Response;
        Logon? logon = dissection.Conversation?.State(static () => new Logon());
        if (dissection.Conversation is not { IsFromClient: false })
        {
            facts = bytes[0] == 'p' && logon is not null ? logon.Answer : PostgresFacts.Password;
        }
        else if (bytes[0] == 'R' && bytes.Length >= 9)
        {
            // Kinds of authentication: 7 and 8 GSS-API, 10 SASL, 11 its continuation.
            logon!.Answer = BinaryPrimitives.ReadInt32BigEndian(bytes[5..]) switch
            {
                7 or 8 or 9 => PostgresFacts.Gss,
                10 => PostgresFacts.SaslInitial,
                11 => PostgresFacts.Sasl,
                _ => PostgresFacts.Password,
            };
        }

        dissection.Add(Value, offset, bytes.Length, end, facts);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        if (reader.Left < 5)
        {
            return;
        }

        bool fromClient = view[index].Detail != PostgresFacts.Response;
        int type = fromClient && reader.Peek(1) == 0 ? 0 : reader.Byte();
        if (type == 0)
        {
            DescribeFirst(ref reader, sink);
            return;
        }

        sink.Text(Fields.Type, (!fromClient ? ServerName(type) : type == 'p' && view[index].Detail is PostgresFacts facts ? facts.Answer : ClientName(type)) ?? "Unknown", reader.At - 1, 1);
        reader.Report(sink, Fields.Length, 4);
        switch ((char)type, fromClient)
        {
            case ('Q', true):
                ReportText(ref reader, sink, Fields.Query);
                break;
            case ('P', true):
                SkipText(ref reader);
                ReportText(ref reader, sink, Fields.Query);
                break;
            case ('S', false):
                ReportText(ref reader, sink, Fields.ParameterName);
                ReportText(ref reader, sink, Fields.ParameterValue);
                break;
            case ('C', false):
                ReportText(ref reader, sink, Fields.Tag);
                break;
            case ('Z', false):
                reader.Report(sink, Fields.Status, 1);
                break;
            case ('E' or 'N', false):
                while (reader.Left > 1 && reader.Byte() is > 0 and var kind)
                {
                    if ((char)kind switch { 'S' => Fields.Severity, 'C' => Fields.Code, 'M' => Fields.Message, _ => null } is { } field)
                    {
                        ReportText(ref reader, sink, field);
                    }
                    else
                    {
                        SkipText(ref reader);
                    }
                }

                break;
            default:
                break;
        }
    }

    private static void DescribeFirst(ref ByteReader reader, IFieldSink sink)
    {
        int at = reader.At;
        reader.Skip(4);
        int code = (int)reader.Peek(4);
        reader.Seek(0);
        sink.Text(Fields.Type, code switch { SslCode => "SSL request", CancelCode => "Cancel request", GssCode => "GSS encrypt request", _ => "Startup message" }, at, 4);
        reader.Report(sink, Fields.Length, 4);
        reader.Skip(4);
        if (code is SslCode or CancelCode or GssCode)
        {
            return;
        }

        while (reader.Left > 1 && reader.Peek(1) != 0)
        {
            ReportText(ref reader, sink, Fields.ParameterName);
            ReportText(ref reader, sink, Fields.ParameterValue);
        }
    }

    private static void ReportText(ref ByteReader reader, IFieldSink sink, Field field)
    {
        int end = reader.Rest.IndexOf((byte)0);
        reader.Report(sink, field, end < 0 ? reader.Left : end);
        reader.Skip(end < 0 ? 0 : 1);
    }

    private static void SkipText(ref ByteReader reader)
    {
        int end = reader.Rest.IndexOf((byte)0);
        reader.Skip(end < 0 ? reader.Left : end + 1);
    }

    private static string? ClientName(int type) => (char)type switch
    {
        'Q' => "Simple query",
        'P' => "Parse",
        'B' => "Bind",
        'E' => "Execute",
        'D' => "Describe",
        'C' => "Close",
        'H' => "Flush",
        'S' => "Sync",
        'F' => "Function call",
        'd' => "Copy data",
        'c' => "Copy completion",
        'f' => "Copy failure",
        'X' => "Termination",
        _ => null,
    };

    private static string? ServerName(int type) => (char)type switch
    {
        'R' => "Authentication request",
        'K' => "Backend key data",
        'S' => "Parameter status",
        '1' => "Parse completion",
        '2' => "Bind completion",
        '3' => "Close completion",
        'C' => "Command completion",
        't' => "Parameter description",
        'T' => "Row description",
        'D' => "Data row",
        'I' => "Empty query",
        'n' => "No data",
        'E' => "Error",
        'N' => "Notice",
        's' => "Portal suspended",
        'Z' => "Ready for query",
        'A' => "Notification",
        'V' => "Function call response",
        'G' => "CopyIn response",
        'H' => "CopyOut response",
        'W' => "CopyBoth response",
        'd' => "Copy data",
        'c' => "Copy completion",
        'v' => "Negotiate protocol version",
        _ => null,
    };

    /// <summary>What the client's next answer is: the server's last request of authentication says.</summary>
    private sealed class Logon
    {
        public PostgresFacts Answer { get; set; } = PostgresFacts.Password;
    }

    private sealed class PostgresFacts(string? answer) : LayerFacts
    {
        public static readonly PostgresFacts Response = new(null);
        public static readonly PostgresFacts Password = new("Password message");
        public static readonly PostgresFacts SaslInitial = new("SASLInitialResponse message");
        public static readonly PostgresFacts Sasl = new("SASLResponse message");
        public static readonly PostgresFacts Gss = new("GSSResponse message");

        public string? Answer { get; } = answer;
    }
}
