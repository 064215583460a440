using System.Buffers.Binary;
using System.Text;
using NetLab.Osi.Application.Security;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Databases;

/// <summary>Tabular Data Stream ([MS-TDS], 2.2.3): the header of packets, and the text of batches.</summary>
internal static class TdsProtocol
{
    private const int HeaderSize = 8;
    private const int Batch = 1;
    private const int Response = 4;
    private const int Login = 16;
    private const int Sspi = 17;
    private const int SspiToken = 0xED;

    // Where in a login offset and length of the token stand.
    private const int LoginSspi = 78;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "tds", OsiLayer.Application, "Tabular Data Stream", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Query = Field.Text("query", "tds.query", about: "Text of a batch", summary: true);
        public static readonly Field[] All =
        [
            Field.Number("type", "tds.type", at: 0, size: 1, about: "Kind of message", summary: true, names: static v => (int)v switch
            {
                Batch => "SQL batch",
                2 => "login",
                3 => "RPC",
                4 => "response",
                6 => "attention",
                7 => "bulk load",
                14 => "transaction manager request",
                16 => "TDS7 login",
                17 => "SSPI",
                18 => "pre-login",
                _ => null,
            }),
            Field.Number("status", "tds.status", at: 1, size: 1, about: "Status"),
            Field.Flag("end", "tds.status.eom", at: 1, size: 1, mask: 1, about: "Last packet of the message"),
            Field.Flag(null, "tds.status.ignore", at: 1, size: 1, mask: 2, about: "The message is to be ignored"),
            Field.Flag(null, "tds.status.event_notif", at: 1, size: 1, mask: 4, about: "Event notification"),
            Field.Flag(null, "tds.status.reset_conn", at: 1, size: 1, mask: 8, about: "Reset the connection"),
            Field.Flag(null, "tds.status.reset_conn_skip_tran", at: 1, size: 1, mask: 16, about: "Reset the connection, keep the transaction"),
            Field.Number("length", "tds.length", at: 2, size: 2, about: "Bytes with this header"),
            Field.Number("channel", "tds.channel", at: 4, size: 2, about: "Process of the server"),
            Field.Number("packet", "tds.packet_number", at: 6, size: 1, about: "Number of the packet"),
            Field.Number(null, "tds.window", at: 7, size: 1, about: "Window: 0"),
            Query,
        ];
    }

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes[0] is not ((>= 1 and <= 8) or (>= 14 and <= 18)) || (bytes.Length > 1 && bytes[1] > 0x1F))
        {
            return StreamParser.NotMine;
        }

        if (bytes.Length < 4)
        {
            return 0;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return length < HeaderSize ? StreamParser.NotMine : length;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < HeaderSize)
        {
            return false;
        }

        if (dissection.Add(Value, offset, end - offset, end) && TokenIn(dissection.Bytes[offset..end]) is { IsEmpty: false } token)
        {
            dissection.Bytes.Overlaps(token, out int start);
            GssApiProtocol.Dissect(dissection, start, start + token.Length);
        }

        return true;
    }

    // Who logs in, by a token of GSS-API or NTLM: in the login (2.2.6.4), in a message of its own (2.2.6.8), in a token of the response (2.2.7.22).
    private static ReadOnlySpan<byte> TokenIn(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> body = message[HeaderSize..];
        (int at, int length) = message[0] switch
        {
            Login when body.Length >= LoginSspi + 4 => (BinaryPrimitives.ReadUInt16LittleEndian(body[LoginSspi..]), BinaryPrimitives.ReadUInt16LittleEndian(body[(LoginSspi + 2)..])),
            Sspi => (0, body.Length),
            Response when body.Length >= 3 && body[0] == SspiToken => (3, BinaryPrimitives.ReadUInt16LittleEndian(body[1..])),
            _ => (0, 0),
        };
        return at + length <= body.Length ? body.Slice(at, length) : default;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        Value.DescribeHeader(view, index, sink);
        if (bytes[0] != Batch || bytes.Length < HeaderSize + 4)
        {
            return;
        }

        // 2.2.5.3: since 7.2, headers stand before the text, behind their length; it is no text's beginning.
        int at = HeaderSize;
        uint headers = BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
        at += headers is >= 4 and < 0x100 ? (int)Math.Min(headers, (uint)(bytes.Length - at)) : 0;
        sink.Text(Fields.Query, Encoding.Unicode.GetString(bytes[at..]), view[index].Offset + at, bytes.Length - at);
    }
}
