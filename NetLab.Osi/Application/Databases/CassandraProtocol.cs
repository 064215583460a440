using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Databases;

/// <summary>Cassandra's native protocol, versions 3 to 5 (native_protocol_v4.spec, section 2).</summary>
internal static class CassandraProtocol
{
    private const int HeaderSize = 9;
    private const int MaxLength = 256 << 20;
    private const int Error = 0x00;
    private const int Query = 0x07;
    private const int Prepare = 0x09;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "cql", OsiLayer.Application, "Cassandra CQL", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Text = Field.Text("query", "cql.string", about: "Text of a query", summary: true);
        public static readonly Field ErrorCode = Field.Number("error", "cql.error_code", about: "Error", summary: true, width: 4);
        public static readonly Field[] All =
        [
            Field.Number(null, "cql.version", at: 0, size: 1, about: "Version with the bit of responses"),
            Field.Number("version", "cql.protocol_version", at: 0, size: 1, mask: 0x7F, about: "Version"),
            Field.Number("response", "cql.direction", at: 0, size: 1, mask: 0x80, about: "Request or response"),
            Field.Number("flags", "cql.flags", at: 1, size: 1, about: "Flags"),
            Field.Number("stream", "cql.stream", at: 2, size: 2, about: "Stream"),
            Field.Number("opcode", "cql.opcode", at: 4, size: 1, about: "Operation", summary: true, names: static v => (int)v switch
            {
                Error => "ERROR",
                0x01 => "STARTUP",
                0x02 => "READY",
                0x03 => "AUTHENTICATE",
                0x05 => "OPTIONS",
                0x06 => "SUPPORTED",
                Query => "QUERY",
                0x08 => "RESULT",
                Prepare => "PREPARE",
                0x0A => "EXECUTE",
                0x0B => "REGISTER",
                0x0C => "EVENT",
                0x0D => "BATCH",
                0x0E => "AUTH_CHALLENGE",
                0x0F => "AUTH_RESPONSE",
                0x10 => "AUTH_SUCCESS",
                _ => null,
            }),
            Field.Number("length", "cql.message_length", at: 5, size: 4, about: "Bytes behind the header"),
            Text,
            ErrorCode,
        ];
    }

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if ((bytes[0] & 0x7F) is < 3 or > 5)
        {
            return StreamParser.NotMine;
        }

        if (bytes.Length < HeaderSize)
        {
            return 0;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]);
        return bytes[4] <= 0x10 && length <= MaxLength ? HeaderSize + (int)length : StreamParser.NotMine;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < HeaderSize)
        {
            return false;
        }

        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        reader.Seek(1);
        bool isCompressed = (reader.Read(1) & 1) != 0;
        reader.Seek(4);
        int code = reader.Byte();
        reader.Seek(HeaderSize);
        if (isCompressed)
        {
            return;
        }

        if (code == Error && reader.All[0] >= 0x80)
        {
            reader.Report(sink, Fields.ErrorCode, 4);
        }
        else if (code is Query or Prepare)
        {
            reader.Report(sink, Fields.Text, (int)Math.Min(reader.Read(4), int.MaxValue));
        }
    }
}
