using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Industry;

/// <summary>The Common Industrial Protocol (CIP volume 1, 2-4 and appendix C): service, the path of who is asked, status of the answer.</summary>
internal static class CipProtocol
{
    private const int ResponseBit = 0x80;
    private const int MultipleService = 0x0A;
    private const int UnconnectedSend = 0x52;

    // Messages within messages within messages: no real packet has as many.
    private const int MaxDepth = 4;

    public static readonly Protocol Value = new("cip", OsiLayer.Application, "Common Industrial Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Service = Field.Number(null, "cip.service", about: "Service with the bit of responses", width: 1);
        public static readonly Field Response = Field.Number("response", "cip.rr", mask: ResponseBit, about: "Request or response", width: 1);
        public static readonly Field Code = Field.Number("service", "cip.sc", mask: 0x7F, about: "Service", summary: true, names: static v => ServiceName((int)v), width: 1);
        public static readonly Field Status = Field.Number("status", "cip.genstat", about: "General status", summary: true, width: 1);
        public static readonly Field PathSize = Field.Number("path_words", "cip.request_path_size", about: "Words of the path", width: 1);
        public static readonly Field Path = Field.Group("path", "Path");
        public static readonly Field Segment = Field.Number("segment", "cip.path_segment", about: "Segment of a path", width: 1);
        public static readonly Field SegmentType = Field.Number("type", "cip.path_segment.type", mask: 0xE0, about: "Type of a segment", width: 1);
        public static readonly Field LogicalType = Field.Number("logical_type", "cip.logical_segment.type", mask: 0x1C, about: "What a logical segment names", width: 1);
        public static readonly Field LogicalFormat = Field.Number("format", "cip.logical_segment.format", mask: 0x03, about: "Size of a logical segment's number", width: 1);
        public static readonly Field Class = Field.Number("class", "cip.class", about: "Class", summary: true, width: 1);
        public static readonly Field Instance = Field.Number("instance", "cip.instance", about: "Instance", width: 1);
        public static readonly Field Attribute = Field.Number("attribute", "cip.attribute", about: "Attribute", width: 1);
        public static readonly Field Symbol = Field.Text("symbol", "cip.symbol", about: "Symbol");

        public static readonly Field[] All =
        [
            Service, Response, Code, Status, PathSize, Path, Segment, SegmentType, LogicalType, LogicalFormat, Class, Instance, Attribute, Symbol,
        ];
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 2)
        {
            return false;
        }

        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink) =>
        DescribeMessage(new ByteReader(view.BytesOf(index), view[index].Offset, littleEndian: true), sink, 0);

    private static void DescribeMessage(ByteReader reader, IFieldSink sink, int depth)
    {
        if (reader.Left < 2 || depth > MaxDepth)
        {
            return;
        }

        reader.ReportHere(sink, Fields.Service, 1);
        reader.ReportHere(sink, Fields.Response, 1);
        int service = (int)reader.Report(sink, Fields.Code, 1);
        if ((service & ResponseBit) != 0)
        {
            reader.Skip(1);
            reader.Report(sink, Fields.Status, 1);
            reader.Skip(2 * reader.Read(1));
            if (service == (ResponseBit | MultipleService))
            {
                DescribeSeveral(reader, sink, depth);
            }

            return;
        }

        long words = reader.Report(sink, Fields.PathSize, 1);
        bool isManager = DescribePath(reader.Inner(2 * words), sink);
        if (service == MultipleService)
        {
            DescribeSeveral(reader, sink, depth);
        }
        else if (service == UnconnectedSend && isManager)
        {
            // Volume 1, 3-5.5.4: two bytes of time-out, a message behind its length, a pad byte, the route.
            reader.Skip(2);
            long length = reader.Read(2);
            DescribeMessage(reader.Inner(length), sink, depth + 1);
        }
    }

    // Volume 1, appendix: a count, an offset for each message from the count on, the messages.
    private static void DescribeSeveral(ByteReader reader, IFieldSink sink, int depth)
    {
        int start = reader.Position;
        int count = (int)reader.Read(2);
        if (2 * count > reader.Left)
        {
            return;
        }

        for (int i = 0; i < count; i++)
        {
            ByteReader one = reader;
            one.Seek(start + 2 + (2 * i));
            int from = start + (int)one.Read(2);
            int to = i + 1 < count ? start + (int)one.Read(2) : reader.All.Length;
            one.Seek(from);
            if (from < start + 2 + (2 * count) || to < from || one.IsShort)
            {
                return;
            }

            DescribeMessage(one.Inner(to - from), sink, depth + 1);
        }
    }

    // Appendix C-1. Returns whether the path is that of the Connection Manager.
    private static bool DescribePath(ByteReader path, IFieldSink sink)
    {
        bool isManager = false;
        sink.BeginList(Fields.Path);
        while (path.Left >= 2)
        {
            sink.BeginItem();
            path.ReportHere(sink, Fields.Segment, 1);
            int segment = (int)path.ReportHere(sink, Fields.SegmentType, 1);
            switch (segment >> 5)
            {
                case 1:
                    isManager |= DescribeLogical(ref path, segment, sink);
                    break;
                case 0:
                    // A port: with a long link address behind its length, and a long port number.
                    path.Skip(1);
                    int link = (segment & 0x10) != 0 ? path.Byte() : 1;
                    path.Skip(((segment & 0x0F) == 0x0F ? 2 : 0) + link);
                    path.Align(2);
                    break;
                case 2:
                    // Network: a value of a byte, or behind its length in words.
                    path.Skip(1);
                    path.Skip((segment & 0x10) != 0 ? 2 * path.Read(1) : 1);
                    break;
                case 3:
                    path.Skip(1);
                    path.Skip(segment & 0x1F);
                    path.Align(2);
                    break;
                case 4:
                    // Data: words, or an extended symbol in ASCII.
                    path.Skip(1);
                    int size = path.Byte();
                    if (segment == 0x91)
                    {
                        path.Report(sink, Fields.Symbol, size);
                        path.Align(2);
                    }
                    else
                    {
                        path.Skip(2 * size);
                    }

                    break;
                default:
                    path.Skip(path.Left);
                    break;
            }

            sink.EndItem();
        }

        sink.EndList();
        return isManager;
    }

    private static bool DescribeLogical(ref ByteReader path, int segment, IFieldSink sink)
    {
        path.ReportHere(sink, Fields.LogicalType, 1);
        path.Report(sink, Fields.LogicalFormat, 1);
        int type = (segment >> 2) & 7;
        if (type == 5)
        {
            // An electronic key of format 4: format, vendor, device type, product code, revision.
            path.Skip(1);
            path.Skip(8);
            return false;
        }

        int size = (segment & 3) switch { 0 => 1, 1 => 2, 2 => 4, _ => 0 };
        path.Skip(size > 1 ? 1 : 0);
        Field? field = type switch { 0 => Fields.Class, 1 => Fields.Instance, 4 => Fields.Attribute, _ => null };
        long value = path.Peek(size);
        if (field is not null && size > 0)
        {
            path.Report(sink, field, size);
        }
        else
        {
            path.Skip(size);
        }

        return type == 0 && value == 6;
    }

    private static string? ServiceName(int service) => service switch
    {
        0x01 => "get attributes all",
        0x02 => "set attributes all",
        0x03 => "get attribute list",
        0x04 => "set attribute list",
        0x05 => "reset",
        0x06 => "start",
        0x07 => "stop",
        0x08 => "create",
        0x09 => "delete",
        MultipleService => "multiple service packet",
        0x0E => "get attribute single",
        0x10 => "set attribute single",
        0x4C => "read tag",
        0x4D => "write tag",
        0x4E => "forward close",
        UnconnectedSend => "unconnected send, or read tag fragmented",
        0x54 => "forward open",
        0x55 => "get instance attribute list",
        _ => null,
    };
}
