using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>Hellos of IS-IS (ISO/IEC 10589, 9.5 to 9.7), with areas, protocols and addresses of the sender.</summary>
internal static class IsisHelloProtocol
{
    public const int LanSize = 19;
    public const int PointToPointSize = 12;

    private const int PointToPointHello = 17;
    private const int Areas = 1;
    private const int Protocols = 129;
    private const int Addresses = 132;

    public static readonly Protocol Value = new("isis_hello", OsiLayer.Network, "IS-IS hello", Fields.All, describe: Describe, filter: "isis.hello");

    private static class Fields
    {
        public static readonly Field Circuit = Field.Number("circuit_type", "isis.hello.circuit_type", at: 0, size: 1, mask: 0x03, about: "Levels on the link");
        public static readonly Field Source = Field.Text("source", "isis.hello.source_id", about: "Sender", summary: true);
        public static readonly Field Holding = Field.Number("holding_time", "isis.hello.holding_timer", at: 7, size: 2, about: "Seconds without a hello after which the sender is gone");
        public static readonly Field Length = Field.Number("length", "isis.hello.pdu_length", at: 9, size: 2, about: "Bytes of the packet");
        public static readonly Field Priority = Field.Number("priority", "isis.hello.priority", about: "Priority for the election", width: 1);
        public static readonly Field Type = Field.Number(null, "isis.hello.clv.type", about: "Type of an element", width: 1);
        public static readonly Field ElementLength = Field.Number(null, "isis.hello.clv.length", about: "Bytes of an element", width: 1);
        public static readonly Field Protocol = Field.Number(null, "isis.hello.clv_nlpid.nlpid", about: "A protocol that the sender forwards", width: 1);
        public static readonly Field Area = Field.Bytes(null, "isis.hello.area_address", about: "An area of the sender, behind its length");
        public static readonly Field Address = Field.Ipv4(null, "isis.hello.clv_ipv4_int_addr", about: "An address of the sender");

        public static readonly Field[] All = [Circuit, Source, Holding, Length, Priority, Type, ElementLength, Protocol, Area, Address];
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Text(Fields.Source, IsisProtocol.SystemId(bytes.Slice(1, 6)), at + 1, 6);
        bool isPointToPoint = (view.BufferOf(index)[at - 4] & 0x1F) == PointToPointHello;
        if (!isPointToPoint)
        {
            sink.Number(Fields.Priority, bytes[11] & 0x7F, at + 11, 1);
        }

        if (!sink.WantsHidden)
        {
            return;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[9..]) - 8;
        var elements = new TypeLengthValues(length > 0 && length < bytes.Length ? bytes[..length] : bytes, isPointToPoint ? PointToPointSize : LanSize, 1, 1, countsHeader: false);
        while (elements.MoveNext())
        {
            sink.Number(Fields.Type, elements.Type, at + elements.Offset, 1);
            sink.Number(Fields.ElementLength, elements.Length, at + elements.Offset + 1, 1);
            DescribeElement(elements.Type, elements.Value, at + elements.ValueOffset, sink);
        }
    }

    private static void DescribeElement(int type, ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        switch (type)
        {
            case Protocols:
                for (int i = 0; i < value.Length; i++)
                {
                    sink.Number(Fields.Protocol, value[i], at + i, 1);
                }

                break;
            case Areas:
                for (int i = 0; i < value.Length && i + 1 + value[i] <= value.Length; i += 1 + value[i])
                {
                    sink.Bytes(Fields.Area, value.Slice(i, 1 + value[i]), at + i);
                }

                break;
            case Addresses:
                for (int i = 0; i + 4 <= value.Length; i += 4)
                {
                    sink.Ip(Fields.Address, value.Slice(i, 4), at + i);
                }

                break;
            default:
                break;
        }
    }
}
