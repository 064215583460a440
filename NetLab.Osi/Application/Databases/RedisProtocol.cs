using System.Buffers.Text;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Databases;

/// <summary>Redis' serialization protocol, RESP (redis.io, "Redis serialization protocol specification"): values one after another.</summary>
internal static class RedisProtocol
{
    private const int MaxLine = 64 << 10;
    private const int MaxBulk = 512 << 20;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "resp", OsiLayer.Application, "Redis serialization protocol", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Array = Field.Of(FieldKind.SignedNumber, "array", "resp.array.length", "Values of an array");
        public static readonly Field BulkLength = Field.Of(FieldKind.SignedNumber, null, "resp.bulk_string.length", "Bytes of a string; -1 for none", width: 4);
        public static readonly Field Bulk = Field.Bytes(null, "resp.bulk_string.value", about: "String of any bytes");
        public static readonly Field BulkText = Field.Text("bulk", about: "String of any bytes, as text", summary: true);
        public static readonly Field Simple = Field.Text("string", "resp.string", about: "Simple string", summary: true);
        public static readonly Field Error = Field.Text("error", "resp.error", about: "Error", summary: true);
        public static readonly Field Integer = Field.Of(FieldKind.SignedNumber, "integer", "resp.integer", "Integer", summary: true);

        public static readonly Field[] All = [Array, BulkLength, Bulk, BulkText, Simple, Error, Integer];
    }

    /// <summary>Whether bytes begin with a command: an array of strings.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 8 && bytes[0] == '*' && TryLine(bytes, out int line) && TryNumber(bytes[1..(line - 2)], out long count) && count is >= 1 and <= 1024
        && bytes.Length > line && bytes[line] == '$' && Frame(bytes, true) > 0;

    // All whole values that are there.
    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            int length = FrameOne(bytes[at..]);
            if (length <= 0)
            {
                return at > 0 ? at : length;
            }

            at += length;
            if (at > bytes.Length)
            {
                // Values before it are shown by themselves.
                return at - length > 0 ? at - length : at;
            }
        }

        return at;
    }

    private static int FrameOne(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] is not ((byte)'+' or (byte)'-' or (byte)':' or (byte)'$' or (byte)'*' or (byte)'_' or (byte)'#' or (byte)',' or (byte)'(' or (byte)'!' or (byte)'='
            or (byte)'%' or (byte)'~' or (byte)'>' or (byte)'|'))
        {
            return StreamParser.NotMine;
        }

        if (!TryLine(bytes, out int line))
        {
            return bytes.Length > MaxLine ? StreamParser.NotMine : 0;
        }

        if (bytes[0] is not ((byte)'$' or (byte)'!' or (byte)'='))
        {
            return line;
        }

        return TryNumber(bytes[1..(line - 2)], out long length) && length is >= -1 and <= MaxBulk ? line + (length < 0 ? 0 : (int)length + 2) : StreamParser.NotMine;
    }

    private static bool TryLine(ReadOnlySpan<byte> bytes, out int length)
    {
        length = bytes.IndexOf("\r\n"u8) + 2;
        return length >= 3;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out long number) => Utf8Parser.TryParse(text, out number, out int used) && used == text.Length && used > 0;

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        while (reader.Left > 0)
        {
            if (!TryLine(reader.Rest, out int line))
            {
                return;
            }

            int at = reader.At;
            ReadOnlySpan<byte> text = reader.Rest[1..(line - 2)];
            int type = reader.Byte();
            reader.Skip(line - 1);
            bool isNumber = TryNumber(text, out long number);
            switch ((char)type)
            {
                case '+':
                    sink.Text(Fields.Simple, text, at + 1, text.Length);
                    break;
                case '-':
                    sink.Text(Fields.Error, text, at + 1, text.Length);
                    break;
                case ':' when isNumber:
                    sink.Number(Fields.Integer, number, at + 1, text.Length);
                    break;
                case '*' when isNumber:
                    sink.Number(Fields.Array, number, at + 1, text.Length);
                    break;
                case '$' when isNumber:
                    if (sink.WantsHidden)
                    {
                        sink.Number(Fields.BulkLength, number, at + 1, text.Length);
                    }

                    ReportBulk(ref reader, number, sink);
                    break;
                case '!' or '=' when isNumber:
                    reader.Skip(number + 2);
                    break;
                default:
                    break;
            }
        }
    }

    private static void ReportBulk(ref ByteReader reader, long length, IFieldSink sink)
    {
        if (length < 0)
        {
            return;
        }

        int there = (int)Math.Min(length, reader.Left);
        sink.Text(Fields.BulkText, reader.Rest[..there], reader.At, there);
        if (sink.WantsHidden)
        {
            sink.Bytes(Fields.Bulk, reader.Rest[..there], reader.At);
        }

        reader.Skip(Math.Min(length + 2, reader.Left));
    }
}
