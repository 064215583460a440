using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application.OpenSystems;

/// <summary>The manufacturing message specification (ISO 9506-2), as IEC 61850 has it: services, the objects they are about, and data.</summary>
internal static class MmsProtocol
{
    private const int VisibleString = 0x1A;
    private const int FailureTag = 0x80;
    private const int ConfirmedRequest = 0;
    private const int ConfirmedResponse = 1;
    private const int Unconfirmed = 3;
    private const int Conclude = 11;
    private const int LastPdu = 13;
    private const int Read = 4;
    private const int Write = 5;
    private const int Attributes = 6;

    // Data hold data; nobody's objects are as deep.
    private const int MaxDepth = 24;

    public static readonly Protocol Value = new("mms", OsiLayer.Application, "Manufacturing Message Specification", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Pdu = Field.Number("pdu", about: "Kind of PDU", summary: true, names: static v => PduName((int)v));
        public static readonly Field Invoke = Field.Number("invoke_id", "mms.invokeID", about: "Number of the request", width: 4);
        public static readonly Field Request = Field.Number("request", "mms.confirmedServiceRequest", about: "Service that is asked for", summary: true, names: static v => ServiceName((int)v), width: 4);
        public static readonly Field Response = Field.Number("response", "mms.confirmedServiceResponse", about: "Service that is answered", summary: true, names: static v => ServiceName((int)v), width: 4);
        public static readonly Field Report = Field.Number("unconfirmed", "mms.unconfirmedService", about: "Service that wants no answer", names: static v => (int)v switch
        {
            0 => "information report",
            1 => "unsolicited status",
            2 => "event notification",
            _ => null,
        }, width: 4);
        public static readonly Field Objects = Field.Text("objects", about: "Domain and item of the objects", summary: true);
        public static readonly Field Domain = Field.Text(null, "mms.domainId", about: "Domain of an object");
        public static readonly Field Item = Field.Text(null, "mms.itemId", about: "Name of an object in its domain");
        public static readonly Field Results = Field.Number("results", "mms.listOfAccessResult", about: "Results", width: 4);
        public static readonly Field Result = Field.Number(null, "mms.AccessResult", about: "Whether each object was read: 1, or not: 0", width: 4);
        public static readonly Field Failure = Field.Number(null, "mms.failure", about: "Why an object was not read", width: 4);
        public static readonly Field Success = Field.Number(null, "mms.success", about: "Type of each result", width: 4);
        public static readonly Field Data = Field.Number(null, "mms.Data", about: "Types of data in data", width: 4);
        public static readonly Field Structure = Field.Number(null, "mms.structure", about: "Members of structures", width: 4);
        public static readonly Field Array = Field.Number(null, "mms.array", about: "Elements of arrays", width: 4);
        public static readonly Field Truth = Field.Flag(null, "mms.boolean", about: "Truths");
        public static readonly Field Value = Field.Of(FieldKind.SignedNumber, null, "mms.value", about: "Integers, with a sign or without");
        public static readonly Field Integer = Field.Number(null, "mms.integer", about: "Bits of types of integers", width: 4);
        public static readonly Field Unsigned = Field.Number(null, "mms.unsigned", about: "Bits of types of numbers without a sign", width: 4);
        public static readonly Field Text = Field.Text(null, "mms.data.visible-string", about: "Texts");
        public static readonly Field Octets = Field.Bytes(null, "mms.data.octet-string", about: "Bytes");

        public static readonly Field[] All =
        [
            Pdu, Invoke, Request, Response, Report, Objects, Domain, Item, Results, Result, Failure, Success, Data, Structure, Array, Truth, Value, Integer, Unsigned, Text, Octets,
        ];
    }

    /// <summary>Takes a value apart.</summary>
    /// <returns>False when it is no PDU of MMS: a tag of one, and where it is confirmed, a number and a service behind it.</returns>
    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        var reader = new BerReader(dissection.Bytes[offset..end], offset);
        if (!reader.Next() || (reader.Tag & 0xC0) != 0x80 || reader.TagNumber > LastPdu || (!reader.IsConstructed && reader.TagNumber is not (5 or 6 or >= Conclude)))
        {
            return false;
        }

        if (reader.TagNumber <= ConfirmedResponse && !TryOpen(reader, out _, out _))
        {
            return false;
        }

        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    // An invocation's number, modifiers or none, and the service.
    private static bool TryOpen(BerReader pdu, out BerReader invoke, out BerReader service)
    {
        service = pdu.Inside;
        invoke = service;
        if (!invoke.Next(BerReader.Integer))
        {
            return false;
        }

        service = invoke;
        while (service.Next())
        {
            if ((service.Tag & 0xC0) == 0x80)
            {
                return true;
            }
        }

        return false;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new BerReader(view.BytesOf(index), view[index].Offset);
        if (!reader.Next())
        {
            return;
        }

        sink.Number(Fields.Pdu, reader.TagNumber, view[index].Offset, 1);
        if (reader.TagNumber <= ConfirmedResponse && TryOpen(reader, out BerReader invoke, out BerReader service))
        {
            invoke.Report(sink, Fields.Invoke);
            sink.Number(reader.TagNumber == ConfirmedRequest ? Fields.Request : Fields.Response, service.TagNumber, service.At, 0);
        }
        else if (reader.TagNumber == Unconfirmed && reader.Inside is var unconfirmed && unconfirmed.Next())
        {
            service = unconfirmed;
            sink.Number(Fields.Report, service.TagNumber, service.At, 0);
        }
        else
        {
            return;
        }

        List<string> objects = [];
        DescribeObjects(service, 0, objects, sink);
        if (objects.Count > 0)
        {
            sink.Texts(Fields.Objects, objects, view[index].Offset, view[index].Length);
        }

        DescribeData(reader.TagNumber, service, sink);
    }

    // ObjectName: of the three kinds, the one that a domain has is two names. No data have two of them.
    private static void DescribeObjects(BerReader value, int depth, List<string> objects, IFieldSink sink)
    {
        if (!value.IsConstructed || depth > MaxDepth)
        {
            return;
        }

        BerReader members = value.Inside;
        if (value.Tag == 0xA1 && members.Next(VisibleString) && members is var domain && members.Next(VisibleString))
        {
            domain.Report(sink, Fields.Domain);
            members.Report(sink, Fields.Item);
            objects.Add($"{AsciiText.Text(domain.Value)}/{AsciiText.Text(members.Value)}");
            return;
        }

        members = value.Inside;
        while (members.Next())
        {
            DescribeObjects(members, depth + 1, objects, sink);
        }
    }

    private static void DescribeData(int pdu, BerReader service, IFieldSink sink)
    {
        BerReader members = service.Inside;
        switch (pdu, service.TagNumber)
        {
            case (ConfirmedResponse, Read) when members.Find(0xA1):
                DescribeResults(members, sink);
                break;
            case (Unconfirmed, 0) when members.Next() && members.Next():
                DescribeResults(members, sink);
                break;
            case (ConfirmedRequest, Write) when members.Next() && members.Next():
                BerReader written = members.Inside;
                while (written.Next())
                {
                    sink.Number(Fields.Data, written.TagNumber, written.At, 0);
                    DescribeDatum(written, 0, sink);
                }

                break;
            case (ConfirmedResponse, Attributes):
                DescribeType(service, 0, sink);
                break;
            default:
                break;
        }
    }

    private static void DescribeResults(BerReader results, IFieldSink sink)
    {
        sink.Number(Fields.Results, Count(results), results.At, results.Value.Length);
        BerReader result = results.Inside;
        while (sink.WantsHidden && result.Next())
        {
            bool isFailure = result.Tag == FailureTag;
            sink.Number(Fields.Result, isFailure ? 0 : 1, result.At, 0);
            if (isFailure)
            {
                result.Report(sink, Fields.Failure);
                continue;
            }

            sink.Number(Fields.Success, result.TagNumber, result.At, 0);
            DescribeDatum(result, 0, sink);
        }
    }

    private static void DescribeDatum(BerReader datum, int depth, IFieldSink sink)
    {
        switch (datum.TagNumber)
        {
            case 1 or 2 when datum.IsConstructed && depth < MaxDepth:
                sink.Number(datum.TagNumber == 1 ? Fields.Array : Fields.Structure, Count(datum), datum.At, datum.Value.Length);
                BerReader members = datum.Inside;
                while (members.Next())
                {
                    sink.Number(Fields.Data, members.TagNumber, members.At, 0);
                    DescribeDatum(members, depth + 1, sink);
                }

                break;
            case 3:
                datum.Report(sink, Fields.Truth);
                break;
            case 5 or 6:
                datum.Report(sink, Fields.Value);
                break;
            case 9:
                datum.Report(sink, Fields.Octets);
                break;
            case 10:
                datum.Report(sink, Fields.Text);
                break;
            default:
                break;
        }
    }

    // TypeSpecification: structures [2] of named components, and simple types with their bits.
    private static void DescribeType(BerReader value, int depth, IFieldSink sink)
    {
        BerReader members = value.Inside;
        while (depth < MaxDepth && members.Next())
        {
            if (members.IsConstructed)
            {
                DescribeType(members, depth + 1, sink);
            }
            else if (depth > 0 && members.Tag == 0x86)
            {
                members.Report(sink, Fields.Unsigned);
            }
            else if (depth > 0 && members.Tag == 0x85)
            {
                members.Report(sink, Fields.Integer);
            }
        }
    }

    private static int Count(BerReader value)
    {
        int count = 0;
        BerReader members = value.Inside;
        while (members.Next())
        {
            count++;
        }

        return count;
    }

    private static string? PduName(int pdu) => pdu switch
    {
        ConfirmedRequest => "confirmed request",
        ConfirmedResponse => "confirmed response",
        2 => "confirmed error",
        Unconfirmed => "unconfirmed",
        4 => "reject",
        5 => "cancel request",
        6 => "cancel response",
        7 => "cancel error",
        8 => "initiate request",
        9 => "initiate response",
        10 => "initiate error",
        Conclude => "conclude request",
        12 => "conclude response",
        LastPdu => "conclude error",
        _ => null,
    };

    private static string? ServiceName(int service) => service switch
    {
        0 => "status",
        1 => "get name list",
        2 => "identify",
        3 => "rename",
        Read => "read",
        Write => "write",
        Attributes => "get variable access attributes",
        11 => "define named variable list",
        12 => "get named variable list attributes",
        13 => "delete named variable list",
        19 => "take control",
        26 => "initiate download sequence",
        29 => "initiate upload sequence",
        31 => "terminate upload sequence",
        37 => "get domain attributes",
        40 => "start",
        41 => "stop",
        42 => "resume",
        43 => "reset",
        44 => "kill",
        63 => "get alarm summary",
        72 => "file open",
        73 => "file read",
        74 => "file close",
        77 => "file directory",
        _ => null,
    };
}
