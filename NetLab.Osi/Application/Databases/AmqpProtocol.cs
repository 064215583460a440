using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Databases;

/// <summary>AMQP 0-9-1 (section 2.3, "Transport"): frames, methods, and where messages go.</summary>
internal static class AmqpProtocol
{
    private const int HeaderSize = 7;
    private const int ProtocolHeaderSize = 8;
    private const int FrameEnd = 0xCE;
    private const int MaxLength = 128 << 20;
    private const int Method = 1;
    private const int ContentHeader = 2;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "amqp", OsiLayer.Application, "Advanced Message Queuing Protocol", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "amqp.type", about: "Kind of frame", names: static v => (int)v switch
        {
            Method => "method",
            ContentHeader => "content header",
            3 => "content body",
            8 => "heartbeat",
            _ => null,
        }, width: 1);
        public static readonly Field Channel = Field.Number("channel", "amqp.channel", about: "Channel", width: 2);
        public static readonly Field Length = Field.Number("length", "amqp.length", about: "Bytes of the frame's payload", width: 4);
        public static readonly Field Class = Field.Number("class", "amqp.method.class", about: "Class of a method", summary: true, names: static v => ClassName((int)v), width: 2);
        public static readonly Field MethodNumber = Field.Number("method", "amqp.method.method", about: "Method", summary: true, width: 2);
        public static readonly Field Exchange = Field.Text("exchange", "amqp.method.arguments.exchange", about: "Exchange", summary: true);
        public static readonly Field RoutingKey = Field.Text("routing_key", "amqp.method.arguments.routing_key", about: "Routing key", summary: true);
        public static readonly Field Queue = Field.Text("queue", "amqp.method.arguments.queue", about: "Queue", summary: true);
        public static readonly Field HeaderClass = Field.Number("content_class", "amqp.header.class", about: "Class of content", width: 2);
        public static readonly Field Weight = Field.Number(null, "amqp.header.weight", about: "Weight: 0", width: 2);
        public static readonly Field BodySize = Field.Number("body_size", "amqp.header.body-size", about: "Bytes of the message");

        public static readonly Field[] All = [Type, Channel, Length, Class, MethodNumber, Exchange, RoutingKey, Queue, HeaderClass, Weight, BodySize];
    }

    /// <summary>Whether bytes begin with the protocol's header.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length >= ProtocolHeaderSize && bytes.StartsWith("AMQP\0\0\x09\x01"u8);

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes[0] == 'A')
        {
            int seen = Math.Min(4, bytes.Length);
            return !bytes[..seen].SequenceEqual("AMQP"u8[..seen]) ? StreamParser.NotMine : bytes.Length < ProtocolHeaderSize ? 0 : ProtocolHeaderSize;
        }

        if (bytes[0] is not (Method or ContentHeader or 3 or 8))
        {
            return StreamParser.NotMine;
        }

        if (bytes.Length < HeaderSize)
        {
            return 0;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[3..]);
        int end = (int)Math.Min(length, MaxLength) + HeaderSize;
        return length > MaxLength || (end < bytes.Length && bytes[end] != FrameEnd) ? StreamParser.NotMine : end + 1;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        if (reader.Peek(1) == 'A')
        {
            return;
        }

        int type = (int)reader.Report(sink, Fields.Type, 1);
        reader.Report(sink, Fields.Channel, 2);
        reader.Report(sink, Fields.Length, 4);
        if (type == Method)
        {
            int of = (int)reader.Report(sink, Fields.Class, 2);
            DescribeArguments(of, (int)reader.Report(sink, Fields.MethodNumber, 2), ref reader, sink);
        }
        else if (type == ContentHeader)
        {
            reader.Report(sink, Fields.HeaderClass, 2);
            reader.Report(sink, Fields.Weight, 2);
            reader.Report(sink, Fields.BodySize, 8);
        }
    }

    // The arguments up to the routing key, of methods that have one; texts stand behind a byte of length.
    private static void DescribeArguments(int of, int method, ref ByteReader reader, IFieldSink sink)
    {
        switch (of, method)
        {
            case (40, 10 or 20):
                reader.Skip(2);
                ReportText(ref reader, sink, Fields.Exchange);
                break;
            case (50, 10 or 30 or 40) or (60, 20 or 70):
                reader.Skip(2);
                ReportText(ref reader, sink, Fields.Queue);
                break;
            case (50, 20 or 50):
                reader.Skip(2);
                ReportText(ref reader, sink, Fields.Queue);
                ReportText(ref reader, sink, Fields.Exchange);
                ReportText(ref reader, sink, Fields.RoutingKey);
                break;
            case (60, 40):
                reader.Skip(2);
                ReportText(ref reader, sink, Fields.Exchange);
                ReportText(ref reader, sink, Fields.RoutingKey);
                break;
            case (60, 50):
                reader.Skip(2);
                reader.Skip(reader.Read(1));
                ReportText(ref reader, sink, Fields.Exchange);
                ReportText(ref reader, sink, Fields.RoutingKey);
                break;
            case (60, 60):
                reader.Skip(reader.Read(1));
                reader.Skip(9);
                ReportText(ref reader, sink, Fields.Exchange);
                ReportText(ref reader, sink, Fields.RoutingKey);
                break;
            case (60, 71):
                reader.Skip(9);
                ReportText(ref reader, sink, Fields.Exchange);
                ReportText(ref reader, sink, Fields.RoutingKey);
                break;
            default:
                break;
        }
    }

    private static void ReportText(ref ByteReader reader, IFieldSink sink, Field field)
    {
        int length = reader.Byte();
        reader.Report(sink, field, length);
    }

    private static string? ClassName(int of) => of switch
    {
        10 => "connection",
        20 => "channel",
        40 => "exchange",
        50 => "queue",
        60 => "basic",
        85 => "confirm",
        90 => "tx",
        _ => null,
    };
}
