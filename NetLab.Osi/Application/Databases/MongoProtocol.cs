using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Databases;

/// <summary>MongoDB's wire protocol (MongoDB manual, "Wire Protocol"): the header, and what a message or query is about.</summary>
internal static class MongoProtocol
{
    private const int HeaderSize = 16;
    private const int MaxLength = 48 << 20;
    private const int Query = 2004;
    private const int Message = 2013;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "mongo", OsiLayer.Application, "MongoDB", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Length = Field.Number("length", "mongo.message_length", at: 0, size: 4, littleEndian: true, about: "Bytes with this header");
        public static readonly Field Request = Field.Number("request", "mongo.request_id", at: 4, size: 4, littleEndian: true, about: "Number of the message");
        public static readonly Field ResponseTo = Field.Number("response_to", "mongo.response_to", at: 8, size: 4, littleEndian: true, about: "Number of the message that it answers");
        public static readonly Field OpCode = Field.Number("opcode", "mongo.opcode", at: 12, size: 4, littleEndian: true, about: "Operation", summary: true, names: static v => (int)v switch
        {
            1 => "reply",
            2001 => "update",
            2002 => "insert",
            Query => "query",
            2005 => "get more",
            2006 => "delete",
            2007 => "kill cursors",
            2012 => "compressed",
            Message => "message",
            _ => null,
        });
        public static readonly Field Collection = Field.Text("collection", "mongo.full_collection_name", about: "Database and collection", summary: true);
        public static readonly Field Command = Field.Text("command", about: "First element of the body: the command", summary: true);

        public static readonly Field[] All = [Length, Request, ResponseTo, OpCode, Collection, Command];
    }

    /// <summary>Whether bytes begin with the header of a message.</summary>
    // A conversation begins with a request (2001 and on) that holds at least an empty document: a small number at that place says nothing.
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderSize + 5 && BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) >= 2001 && Frame(bytes, true) >= HeaderSize + 5;

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes.Length < HeaderSize)
        {
            return 0;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        uint code = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        return length is >= HeaderSize and <= MaxLength && code is 1 or (>= 2001 and <= 2013) ? (int)length : StreamParser.NotMine;
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
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset, littleEndian: true);
        reader.Seek(12);
        long code = reader.Read(4);
        reader.Skip(4);
        if (code == Query)
        {
            int end = reader.Rest.IndexOf((byte)0);
            reader.Report(sink, Fields.Collection, Math.Max(0, end));
            reader.Skip(1 + 8);
        }
        else if (code != Message || reader.Byte() != 0)
        {
            return;
        }

        // A document: its length, then of each element a type and a name.
        reader.Skip(4 + 1);
        int stop = reader.Rest.IndexOf((byte)0);
        if (stop > 0)
        {
            reader.Report(sink, Fields.Command, stop);
        }
    }
}
