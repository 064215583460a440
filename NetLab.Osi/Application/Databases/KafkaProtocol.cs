using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Databases;

/// <summary>Apache Kafka's protocol (kafka.apache.org/protocol): the headers of requests and responses.</summary>
internal static class KafkaProtocol
{
    private const int LengthSize = 4;
    private const int MaxLength = 100 << 20;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "kafka", OsiLayer.Application, "Apache Kafka", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Length = Field.Of(FieldKind.SignedNumber, "length", "kafka.len", "Bytes that follow", width: 4);
        public static readonly Field Key = Field.Of(FieldKind.SignedNumber, "api", "kafka.api_key", "What is asked for", static v => ApiName((int)v), summary: true, width: 2);
        public static readonly Field Version = Field.Of(FieldKind.SignedNumber, "version", "kafka.api_version", "Version of what is asked for", width: 2);
        public static readonly Field Correlation = Field.Of(FieldKind.SignedNumber, "correlation", "kafka.correlation_id", "Number of the request", width: 4);
        public static readonly Field Client = Field.Text("client", "kafka.client_id", about: "Name of the client", summary: true);

        public static readonly Field[] All = [Length, Key, Version, Correlation, Client];
    }

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes.Length < LengthSize)
        {
            return 0;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        bool isKnown = !fromClient || bytes.Length < 6 || BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) < 128;
        return isKnown && length is >= 4 and <= MaxLength ? LengthSize + (int)length : StreamParser.NotMine;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.Add(Value, offset, end - offset, end, RoleFacts.Of(dissection));
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        reader.Report(sink, Fields.Length, 4);
        if (view[index].Detail == RoleFacts.OfResponse)
        {
            reader.Report(sink, Fields.Correlation, 4);
            return;
        }

        reader.Report(sink, Fields.Key, 2);
        reader.Report(sink, Fields.Version, 2);
        reader.Report(sink, Fields.Correlation, 4);
        int length = (short)reader.Read(2);
        if (length > 0)
        {
            reader.Report(sink, Fields.Client, length);
        }
    }

    private static string? ApiName(int key) => key switch
    {
        0 => "produce",
        1 => "fetch",
        2 => "list offsets",
        3 => "metadata",
        8 => "offset commit",
        9 => "offset fetch",
        10 => "find coordinator",
        11 => "join group",
        12 => "heartbeat",
        13 => "leave group",
        14 => "sync group",
        15 => "describe groups",
        16 => "list groups",
        17 => "SASL handshake",
        18 => "API versions",
        19 => "create topics",
        20 => "delete topics",
        36 => "SASL authenticate",
        _ => null,
    };
}
