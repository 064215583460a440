using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Industry;

/// <summary>HART-IP (FieldComm Group, HCF_SPEC-085): the header, and the HART command that a message passes through.</summary>
internal static class HartIpProtocol
{
    private const int HeaderSize = 8;
    private const int PassThrough = 3;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "hart_ip", OsiLayer.Application, "HART-IP", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "hart_ip.version", about: "Version", width: 1);
        public static readonly Field Type = Field.Number("type", "hart_ip.message_type", about: "Type of the message", summary: true, names: static v => (int)v switch
        {
            0 => "request",
            1 => "response",
            2 => "publish",
            15 => "NAK",
            _ => null,
        }, width: 1);
        public static readonly Field Id = Field.Number("id", "hart_ip.message_id", about: "What the message does", summary: true, names: static v => (int)v switch
        {
            0 => "session initiate",
            1 => "session close",
            2 => "keep alive",
            PassThrough => "pass through",
            128 => "discovery",
            _ => null,
        }, width: 1);
        public static readonly Field Status = Field.Number("status", "hart_ip.status", about: "Status", width: 1);
        public static readonly Field Transaction = Field.Number("transaction", "hart_ip.transaction_id", about: "Sequence number", width: 2);
        public static readonly Field Length = Field.Number("length", "hart_ip.msg_length", about: "Bytes with this header", width: 2);
        public static readonly Field Delimiter = Field.Number("delimiter", "hart_ip.pt.delimiter", about: "Delimiter", width: 1);
        public static readonly Field ShortAddress = Field.Number("address", "hart_ip.pt.short_addr", about: "Short address", width: 1);
        public static readonly Field LongAddress = Field.Bytes("address", "hart_ip.pt.long_addr", about: "Long address");
        public static readonly Field Command = Field.Number("command", "hart_ip.pt.command", about: "HART command", summary: true, width: 1);
        public static readonly Field DataLength = Field.Number("data_length", "hart_ip.pt.length", about: "Bytes of the command's data", width: 1);

        public static readonly Field[] All = [Version, Type, Id, Status, Transaction, Length, Delimiter, ShortAddress, LongAddress, Command, DataLength];
    }

    /// <summary>Whether a datagram is a message: version, type and length make sense.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => Frame(bytes, true) == bytes.Length && bytes[2] is <= PassThrough or 128;

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes[0] is not (1 or 2) || (bytes.Length > 1 && bytes[1] is not (<= 2 or 15)))
        {
            return StreamParser.NotMine;
        }

        if (bytes.Length < HeaderSize)
        {
            return 0;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        return length < HeaderSize ? StreamParser.NotMine : length;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int length = Frame(bytes, true);
        if (length <= 0 || bytes[2] is > PassThrough and not 128)
        {
            // Direct PDUs and audit logs of later versions, whose description is not public, stay data.
            return false;
        }

        dissection.Add(Value, offset, Math.Min(length, bytes.Length), end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        reader.Report(sink, Fields.Version, 1);
        reader.Report(sink, Fields.Type, 1);
        int id = (int)reader.Report(sink, Fields.Id, 1);
        reader.Report(sink, Fields.Status, 1);
        reader.Report(sink, Fields.Transaction, 2);
        reader.Report(sink, Fields.Length, 2);
        if (id != PassThrough)
        {
            return;
        }

        // HCF_SPEC-081: the delimiter says whether the address is long, and how many expansion bytes follow it.
        int delimiter = (int)reader.Report(sink, Fields.Delimiter, 1);
        bool isLong = (delimiter & 0x80) != 0;
        reader.Report(sink, isLong ? Fields.LongAddress : Fields.ShortAddress, isLong ? 5 : 1);
        reader.Skip((delimiter >> 5) & 3);
        reader.Report(sink, Fields.Command, 1);
        reader.Report(sink, Fields.DataLength, 1);
    }
}
