using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Databases;

/// <summary>memcached's protocols (memcached's doc/protocol.txt and protocol-binary.txt): commands in lines or in binary, with their keys.</summary>
internal static class MemcachedProtocol
{
    private const int HeaderSize = 24;
    private const int Request = 0x80;
    private const int Response = 0x81;
    private const int MaxLine = 4096;
    private const int MaxLength = 1 << 27;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "memcache", OsiLayer.Application, "memcached", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Magic = Field.Number(null, "memcache.magic", about: "0x80: request, 0x81: response", width: 1);
        public static readonly Field OpCode = Field.Number("opcode", "memcache.opcode", about: "Command in binary", summary: true, names: static v => (int)v switch
        {
            0 => "get",
            1 => "set",
            2 => "add",
            3 => "replace",
            4 => "delete",
            5 => "increment",
            6 => "decrement",
            7 => "quit",
            8 => "flush",
            10 => "no-op",
            11 => "version",
            16 => "stat",
            _ => null,
        }, width: 1);
        public static readonly Field Status = Field.Number("status", "memcache.status", about: "Status of a response", width: 2);
        public static readonly Field BodyLength = Field.Number("length", "memcache.total_body_length", about: "Bytes behind the header", width: 4);
        public static readonly Field Opaque = Field.Number("opaque", "memcache.opaque", about: "Number of the request", width: 4);
        public static readonly Field Command = Field.Text("command", "memcache.command", about: "Command", summary: true);
        public static readonly Field Answer = Field.Text("response", "memcache.response", about: "Response", summary: true);
        public static readonly Field Key = Field.Text("key", "memcache.key", about: "Key", summary: true);

        public static readonly Field[] All = [Magic, OpCode, Status, BodyLength, Opaque, Command, Answer, Key];
    }

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes[0] is Request or Response)
        {
            if (bytes.Length < HeaderSize)
            {
                return 0;
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
            return length <= MaxLength ? HeaderSize + (int)length : StreamParser.NotMine;
        }

        int line = bytes.IndexOf("\r\n"u8) + 2;
        if (!char.IsAsciiLetterOrDigit((char)bytes[0]) || (line < 2 && bytes.Length > MaxLine))
        {
            return StreamParser.NotMine;
        }

        return line < 2 ? 0 : line + DataOf(bytes[..(line - 2)], fromClient);
    }

    // Bytes of data behind a line that stores or brings them, with the line end behind them.
    private static int DataOf(ReadOnlySpan<byte> line, bool fromClient)
    {
        // Client: command, key, flags, time, bytes. Server: VALUE, key, flags, bytes.
        ReadOnlySpan<byte> word = Word(line, 0);
        bool stores = fromClient && (word.SequenceEqual("set"u8) || word.SequenceEqual("add"u8) || word.SequenceEqual("replace"u8)
            || word.SequenceEqual("append"u8) || word.SequenceEqual("prepend"u8) || word.SequenceEqual("cas"u8));
        ReadOnlySpan<byte> count = stores ? Word(line, 4) : !fromClient && word.SequenceEqual("VALUE"u8) ? Word(line, 3) : default;
        return System.Buffers.Text.Utf8Parser.TryParse(count, out int length, out int used) && used == count.Length && length is >= 0 and <= MaxLength ? length + 2 : 0;
    }

    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> line, int number)
    {
        for (; number > 0; number--)
        {
            int blank = line.IndexOf((byte)' ');
            if (blank < 0)
            {
                return default;
            }

            line = line[(blank + 1)..];
        }

        int end = line.IndexOf((byte)' ');
        return end < 0 ? line : line[..end];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.Add(Value, offset, end - offset, end, RoleFacts.Of(dissection));
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (bytes.Length >= HeaderSize && bytes[0] is Request or Response)
        {
            DescribeBinary(new ByteReader(bytes, at), sink);
            return;
        }

        int end = bytes.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = end < 0 ? bytes : bytes[..end];
        ReadOnlySpan<byte> command = Word(line, 0);
        bool isResponse = view[index].Detail == RoleFacts.OfResponse;
        sink.Text(isResponse ? Fields.Answer : Fields.Command, command, at, command.Length);
        ReadOnlySpan<byte> key = Word(line, 1);
        if (!key.IsEmpty && (!isResponse || command.SequenceEqual("VALUE"u8)))
        {
            sink.Text(Fields.Key, key, at + command.Length + 1, key.Length);
        }
    }

    private static void DescribeBinary(ByteReader reader, IFieldSink sink)
    {
        bool isResponse = reader.Report(sink, Fields.Magic, 1) == Response;
        reader.Report(sink, Fields.OpCode, 1);
        int key = (int)reader.Read(2);
        int extras = reader.Byte();
        reader.Skip(1);
        if (isResponse)
        {
            reader.Report(sink, Fields.Status, 2);
        }
        else
        {
            reader.Skip(2);
        }

        reader.Report(sink, Fields.BodyLength, 4);
        reader.Report(sink, Fields.Opaque, 4);
        reader.Skip(8 + extras);
        if (key > 0)
        {
            reader.Report(sink, Fields.Key, key);
        }
    }
}
