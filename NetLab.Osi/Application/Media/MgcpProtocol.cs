using System.Buffers.Text;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application.Media;

/// <summary>MGCP (RFC 3435): commands to media gateways and their answers, with descriptions of media behind an empty line.</summary>
internal static class MgcpProtocol
{
    public static readonly Protocol Value = new("mgcp", OsiLayer.Application, "Media Gateway Control Protocol", Fields.All, Dissect, Describe) { Begins = Begins };

    private static class Fields
    {
        public static readonly Field Request = Field.Flag(null, "mgcp.req", about: "It is a command");
        public static readonly Field Response = Field.Flag(null, "mgcp.rsp", about: "It is an answer");
        public static readonly Field Verb = Field.Text("verb", "mgcp.req.verb", about: "Command", summary: true);
        public static readonly Field Endpoint = Field.Text("endpoint", "mgcp.req.endpoint", about: "Whom it is for", summary: true);
        public static readonly Field Code = Field.Number("code", "mgcp.rsp.rspcode", about: "Code of the answer", summary: true, width: 4);
        public static readonly Field Transaction = Field.Text("transaction", "mgcp.transid", about: "Which command");
        public static readonly Field Call = Field.Text("call", "mgcp.param.callid", about: "Call");
        public static readonly Field ConnectionId = Field.Text("connection", "mgcp.param.connectionid", about: "Connection");

        public static readonly Field[] All = [Request, Response, Verb, Endpoint, Code, Transaction, Call, ConnectionId];
    }

    /// <summary>Whether bytes begin with a command.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        int end = bytes[..Math.Min(bytes.Length, 512)].IndexOfAny((byte)'\r', (byte)'\n');
        return end > 10 && bytes[..end].IndexOf(" MGCP "u8) > 0 && IsVerb(bytes[..4]);
    }

    private static bool IsVerb(ReadOnlySpan<byte> word)
    {
        foreach (byte b in word)
        {
            if (!char.IsAsciiLetter((char)b))
            {
                return false;
            }
        }

        return word.Length == 4;
    }

    private static bool IsAnswer(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 5 && bytes[3] == (byte)' ' && Utf8Parser.TryParse(bytes[..3], out ushort _, out int used) && used == 3 && char.IsAsciiDigit((char)bytes[4]);

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (!Begins(bytes) && !IsAnswer(bytes))
        {
            return false;
        }

        int body = bytes.IndexOf("\r\n\r\n"u8) is >= 0 and var crlf ? crlf + 4 : bytes.IndexOf("\n\n"u8) is >= 0 and var lf ? lf + 2 : bytes.Length;
        dissection.Add(Value, offset, body, end);
        if (body < bytes.Length)
        {
            SdpProtocol.Value.Dissect(dissection, offset + body, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index)[..view[index].HeaderLength];
        int at = view[index].Offset;
        bool isAnswer = IsAnswer(bytes);
        sink.Flag(isAnswer ? Fields.Response : Fields.Request, true, at, bytes.Length);
        bool isFirst = true;
        int seen = 0;
        foreach (Range range in bytes.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = bytes[range].TrimEnd((byte)'\r');
            if (isFirst)
            {
                isFirst = false;
                ReadOnlySpan<byte> first = AsciiText.First(line, " "u8);
                ReadOnlySpan<byte> transaction = AsciiText.First(line[Math.Min(line.Length, first.Length + 1)..], " "u8);
                if (isAnswer && Utf8Parser.TryParse(first, out ushort code, out _))
                {
                    sink.Number(Fields.Code, code, at, 3);
                }
                else
                {
                    ReadOnlySpan<byte> endpoint = AsciiText.First(line[Math.Min(line.Length, first.Length + transaction.Length + 2)..], " "u8);
                    sink.Text(Fields.Verb, first, at, first.Length);
                    sink.Text(Fields.Endpoint, endpoint, at, line.Length);
                }

                sink.Text(Fields.Transaction, transaction, at, line.Length);
                continue;
            }

            Field? field = line.Length > 2 && line[1] == (byte)':' ? (line[0] | 0x20) switch { 'c' => Fields.Call, 'i' => Fields.ConnectionId, _ => null } : null;
            int bit = field == Fields.Call ? 1 : 2;
            if (field is not null && (seen & bit) == 0)
            {
                seen |= bit;
                ReadOnlySpan<byte> value = line[2..].Trim((byte)' ');
                sink.Text(field, value, at, line.Length);
            }
        }
    }
}
