using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Industry;

/// <summary>BACnet's application layer (ASHRAE 135, clause 20): kind of PDU, service, and the objects that tags name.</summary>
internal static class BacnetApplication
{
    private const int ConfirmedRequest = 0;
    private const int UnconfirmedRequest = 1;
    private const int SimpleAck = 2;
    private const int ComplexAck = 3;
    private const int SegmentAck = 4;
    private const int Error = 5;
    private const int ObjectIdentifierTag = 12;
    private const int Opening = 6;
    private const int Closing = 7;

    public static readonly Protocol Value = new("bacapp", OsiLayer.Application, "BACnet application layer", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "bacapp.type", mask: 0xF0, about: "Kind of PDU", summary: true, names: static v => (int)v switch
        {
            ConfirmedRequest => "confirmed request",
            UnconfirmedRequest => "unconfirmed request",
            SimpleAck => "simple ACK",
            ComplexAck => "complex ACK",
            SegmentAck => "segment ACK",
            Error => "error",
            6 => "reject",
            7 => "abort",
            _ => null,
        }, width: 1);
        public static readonly Field Flags = Field.Number(null, "bacapp.pduflags", mask: 0x0F, about: "Flags of the PDU", width: 1);
        public static readonly Field Segmented = Field.Flag("segmented", "bacapp.segmented_request", mask: 0x08, about: "Segmented");
        public static readonly Field MoreSegments = Field.Flag("more_segments", "bacapp.more_segments", mask: 0x04, about: "More segments follow");
        public static readonly Field AcceptsSegments = Field.Flag(null, "bacapp.SA", mask: 0x02, about: "A segmented response is accepted");
        public static readonly Field Invoke = Field.Number("invoke_id", "bacapp.invoke_id", about: "Number of the request", width: 1);
        public static readonly Field SequenceNumber = Field.Number("sequence", "bacapp.sequence_number", about: "Number of the segment", width: 1);
        public static readonly Field WindowSize = Field.Number("window", "bacapp.window_size", about: "Proposed window", width: 1);
        public static readonly Field Confirmed = Field.Number("service", "bacapp.confirmed_service", about: "Confirmed service", summary: true, names: static v => ConfirmedName((int)v), width: 1);
        public static readonly Field Unconfirmed = Field.Number("service", "bacapp.unconfirmed_service", about: "Unconfirmed service", summary: true, names: static v => UnconfirmedName((int)v), width: 1);
        public static readonly Field ContextTag = Field.Number(null, "bacapp.context_tag_number", about: "Number of a context tag", width: 1);
        public static readonly Field ApplicationTag = Field.Number(null, "bacapp.application_tag_number", about: "Number of an application tag", width: 1);
        public static readonly Field ObjectType = Field.Number("object_type", "bacapp.objectType", mask: 0xFFC00000, about: "Type of an object", width: 4);
        public static readonly Field Instance = Field.Number("instance", "bacapp.instance_number", mask: 0x003FFFFF, about: "Instance of an object", width: 4);

        public static readonly Field[] All =
        [
            Type, Flags, Segmented, MoreSegments, AcceptsSegments, Invoke, SequenceNumber, WindowSize, Confirmed, Unconfirmed,
            ContextTag, ApplicationTag, ObjectType, Instance,
        ];
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        int first = (int)reader.ReportHere(sink, Fields.Type, 1);
        int type = first >> 4;
        bool isSegmented = (first & 0x08) != 0;
        if (type is ConfirmedRequest or ComplexAck)
        {
            reader.ReportHere(sink, Fields.Flags, 1);
            reader.ReportHere(sink, Fields.Segmented, 1);
            reader.ReportHere(sink, Fields.MoreSegments, 1);
            if (type == ConfirmedRequest)
            {
                reader.ReportHere(sink, Fields.AcceptsSegments, 1);
            }
        }

        reader.Skip(1);
        reader.Skip(type == ConfirmedRequest ? 1 : 0);
        if (type != UnconfirmedRequest)
        {
            reader.Report(sink, Fields.Invoke, 1);
        }

        if (type == SegmentAck || (isSegmented && type is ConfirmedRequest or ComplexAck))
        {
            reader.Report(sink, Fields.SequenceNumber, 1);
            reader.Report(sink, Fields.WindowSize, 1);
        }

        switch (type)
        {
            case UnconfirmedRequest:
                int unconfirmed = (int)reader.Report(sink, Fields.Unconfirmed, 1);
                DescribeTags(ref reader, UnconfirmedObjects(unconfirmed), sink);
                break;
            case ConfirmedRequest or ComplexAck:
                // Only the first segment begins with a tag.
                int service = (int)reader.Report(sink, Fields.Confirmed, 1);
                DescribeTags(ref reader, ConfirmedObjects(service), sink);
                break;
            case SimpleAck:
                reader.Report(sink, Fields.Confirmed, 1);
                break;
            case Error:
                reader.Report(sink, Fields.Confirmed, 1);
                DescribeTags(ref reader, -1, sink);
                break;
            default:
                break;
        }
    }

    // Clause 20.2.1: the number and the class in the first byte, a length or a mark; the objects of a service stand behind one context tag.
    private static void DescribeTags(ref ByteReader reader, int objectTag, IFieldSink sink)
    {
        int depth = 0;
        while (reader.Left > 0)
        {
            int at = reader.At;
            int first = reader.Byte();
            int number = first >> 4;
            if (number == 15)
            {
                number = reader.Byte();
            }

            bool isContext = (first & 0x08) != 0;
            sink.Number(isContext ? Fields.ContextTag : Fields.ApplicationTag, number, at, 1);
            int length = first & 7;
            if (isContext && length is Opening or Closing)
            {
                depth += length == Opening ? 1 : -1;
                continue;
            }

            if (!isContext && number == 1)
            {
                // A truth stands in the tag itself.
                continue;
            }

            if (length == 5)
            {
                length = reader.Byte();
                length = length == 254 ? (int)reader.Read(2) : length == 255 ? (int)Math.Min(reader.Read(4), int.MaxValue) : length;
            }

            bool isObject = isContext ? number == objectTag && length == 4 && depth == 0 : number == ObjectIdentifierTag && length == 4;
            if (isObject)
            {
                reader.ReportHere(sink, Fields.ObjectType, 4);
                reader.ReportHere(sink, Fields.Instance, 4);
            }

            reader.Skip(length);
        }
    }

    // Clauses 13 to 16: which context tag of a service is an object.
    private static int ConfirmedObjects(int service) => service switch
    {
        6 or 7 or 12 or 14 or 15 or 16 or 26 => 0,
        _ => -1,
    };

    private static int UnconfirmedObjects(int service) => service switch
    {
        7 => 2,
        _ => -1,
    };

    private static string? ConfirmedName(int service) => service switch
    {
        0 => "acknowledgeAlarm",
        1 => "confirmedCOVNotification",
        2 => "confirmedEventNotification",
        3 => "getAlarmSummary",
        4 => "getEnrollmentSummary",
        5 => "subscribeCOV",
        6 => "atomicReadFile",
        7 => "atomicWriteFile",
        8 => "addListElement",
        9 => "removeListElement",
        10 => "createObject",
        11 => "deleteObject",
        12 => "readProperty",
        14 => "readPropertyMultiple",
        15 => "writeProperty",
        16 => "writePropertyMultiple",
        17 => "deviceCommunicationControl",
        18 => "confirmedPrivateTransfer",
        19 => "confirmedTextMessage",
        20 => "reinitializeDevice",
        26 => "readRange",
        28 => "subscribeCOVProperty",
        29 => "getEventInformation",
        _ => null,
    };

    private static string? UnconfirmedName(int service) => service switch
    {
        0 => "i-Am",
        1 => "i-Have",
        2 => "unconfirmedCOVNotification",
        3 => "unconfirmedEventNotification",
        4 => "unconfirmedPrivateTransfer",
        5 => "unconfirmedTextMessage",
        6 => "timeSynchronization",
        7 => "who-Has",
        8 => "who-Is",
        9 => "utcTimeSynchronization",
        _ => null,
    };
}
