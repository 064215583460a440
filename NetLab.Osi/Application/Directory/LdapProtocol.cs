using NetLab.Osi.Application.Security;
using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Directory;

/// <summary>LDAP (RFC 4511, section 4): operations, what they are about, and how they ended.</summary>
internal static class LdapProtocol
{
    private const int BindRequest = 0;
    private const int BindResponse = 1;
    private const int SicilyNegotiate = 0x8A;
    private const int SicilyResponse = 0x8B;
    private const int SearchRequest = 3;
    private const int LastOperation = 25;
    private const int MaxLength = 1 << 24;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "ldap", OsiLayer.Application, "Lightweight Directory Access Protocol", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    /// <summary>The same in datagrams (RFC 1798).</summary>
    public static readonly Protocol Connectionless = new("cldap", OsiLayer.Application, "Connectionless LDAP", Fields.All, DissectConnectionless, Describe);

    private static class Fields
    {
        public static readonly Field Id = Field.Number("id", "ldap.messageID", about: "Number of the message", width: 4);
        public static readonly Field Operation = Field.Number("operation", "ldap.protocolOp", about: "Operation", summary: true, names: static v => OperationName((int)v), width: 4);
        public static readonly Field Name = Field.Text("name", "ldap.name", about: "Who binds", summary: true);
        public static readonly Field Base = Field.Text("base", "ldap.baseObject", about: "Where the search begins", summary: true);
        public static readonly Field Scope = Field.Number("scope", "ldap.scope", about: "How far the search goes", names: static v => (int)v switch
        {
            0 => "base object",
            1 => "single level",
            2 => "whole subtree",
            _ => null,
        }, width: 4);
        public static readonly Field Result = Field.Number("result", "ldap.resultCode", about: "How the operation ended", summary: true, names: static v => ResultName((int)v), width: 4);
        public static readonly Field MatchedName = Field.Text("matched", "ldap.matchedDN", about: "What of a name was found");
        public static readonly Field Message = Field.Text("message", "ldap.errorMessage", about: "What the server says of an error");
        public static readonly Field ObjectName = Field.Text("object", "ldap.objectName", about: "Entry that was found", summary: true);
        public static readonly Field Attribute = Field.Text("attribute", "ldap.AttributeDescription", about: "Attribute that is asked for");

        public static readonly Field[] All = [Id, Operation, Name, Base, Scope, Result, MatchedName, Message, ObjectName, Attribute];
    }

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes[0] != BerReader.Sequence)
        {
            return StreamParser.NotMine;
        }

        int framed = BerReader.TryFrame(bytes, out long length);
        if (framed <= 0)
        {
            return framed;
        }

        return length is >= 7 and <= MaxLength && IsMessage(bytes) ? (int)length : StreamParser.NotMine;
    }

    // 4.1.1: a number of at most 31 bits, then an operation; as far as the bytes go.
    private static bool IsMessage(ReadOnlySpan<byte> bytes)
    {
        int at = bytes[1] < 0x80 ? 2 : 2 + (bytes[1] & 0x7F);
        if (at + 2 > bytes.Length)
        {
            return true;
        }

        int operation = at + 2 + bytes[at + 1];
        return bytes[at] == BerReader.Integer && bytes[at + 1] is >= 1 and <= 4
            && (operation >= bytes.Length || ((bytes[operation] & 0xC0) == 0x40 && (bytes[operation] & 0x1F) <= LastOperation));
    }

    private static bool Dissect(in Dissection dissection, int offset, int end) => Dissect(dissection, Value, offset, end);

    private static bool DissectConnectionless(in Dissection dissection, int offset, int end) => Dissect(dissection, Connectionless, offset, end);

    private static bool Dissect(in Dissection dissection, Protocol protocol, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (Frame(bytes, true) <= 0)
        {
            return false;
        }

        if (dissection.Add(protocol, offset, bytes.Length, end) && TryOpen(bytes, offset, out _, out BerReader operation) && operation.TagNumber is BindRequest or BindResponse)
        {
            DissectCredentials(dissection, operation);
        }

        return true;
    }

    private static bool TryOpen(ReadOnlySpan<byte> bytes, int offset, out BerReader id, out BerReader operation)
    {
        id = operation = default;
        var outer = new BerReader(bytes, offset);
        if (!outer.Next(BerReader.Sequence))
        {
            return false;
        }

        operation = outer.Inside;
        if (!operation.Next(BerReader.Integer))
        {
            return false;
        }

        id = operation;
        return operation.Next();
    }

    // 4.2: credentials of SASL are a mechanism and a token; of a response, the token is [7]. [MS-ADTS], 5.1.1.1.3: Sicily's stand alone, the challenge in place of the matched name.
    private static void DissectCredentials(in Dissection dissection, BerReader operation)
    {
        BerReader members = operation.Inside;
        while (members.Next())
        {
            if (members.Tag is 0x87 or SicilyNegotiate or SicilyResponse || (members.Tag == BerReader.OctetString && operation.TagNumber == BindResponse && NtlmProtocol.Begins(members.Value)))
            {
                GssApiProtocol.Dissect(dissection, members.At, members.At + members.Value.Length);
            }
            else if (members.Tag == 0xA3 && operation.TagNumber == BindRequest)
            {
                BerReader sasl = members.Inside;
                if (sasl.Next(BerReader.OctetString) && sasl.Next(BerReader.OctetString))
                {
                    GssApiProtocol.Dissect(dissection, sasl.At, sasl.At + sasl.Value.Length);
                }
            }
        }
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        if (!TryOpen(view.BytesOf(index), view[index].Offset, out BerReader id, out BerReader operation))
        {
            return;
        }

        id.Report(sink, Fields.Id);
        sink.Number(Fields.Operation, operation.TagNumber, operation.At, 0);
        BerReader members = operation.Inside;
        switch (operation.TagNumber)
        {
            case BindRequest:
                if (members.Next(BerReader.Integer) && members.Next(BerReader.OctetString))
                {
                    members.Report(sink, Fields.Name);
                }

                break;
            case SearchRequest:
                DescribeSearch(members, sink);
                break;
            case 4 when members.Next(BerReader.OctetString):
                members.Report(sink, Fields.ObjectName);
                break;
            case 1 or 5 or 7 or 9 or 11 or 13 or 15 or 24 when members.Next(BerReader.Enumerated):
                members.Report(sink, Fields.Result);
                if (members.Next(BerReader.OctetString))
                {
                    members.Report(sink, Fields.MatchedName);
                }

                if (members.Next(BerReader.OctetString))
                {
                    members.Report(sink, Fields.Message);
                }

                break;
            default:
                break;
        }
    }

    // 4.5.1: base, scope, aliases, two limits, types only, a filter, attributes.
    private static void DescribeSearch(BerReader members, IFieldSink sink)
    {
        if (!members.Next(BerReader.OctetString))
        {
            return;
        }

        members.Report(sink, Fields.Base);
        if (!members.Next(BerReader.Enumerated))
        {
            return;
        }

        members.Report(sink, Fields.Scope);
        if (!members.Next() || !members.Next() || !members.Next() || !members.Next() || !members.Next() || !members.Next(BerReader.Sequence))
        {
            return;
        }

        BerReader attributes = members.Inside;
        while (attributes.Next(BerReader.OctetString))
        {
            attributes.Report(sink, Fields.Attribute);
        }
    }

    private static string? OperationName(int operation) => operation switch
    {
        0 => "bind request",
        1 => "bind response",
        2 => "unbind request",
        3 => "search request",
        4 => "search result entry",
        5 => "search result done",
        6 => "modify request",
        7 => "modify response",
        8 => "add request",
        9 => "add response",
        10 => "delete request",
        11 => "delete response",
        12 => "modify name request",
        13 => "modify name response",
        14 => "compare request",
        15 => "compare response",
        16 => "abandon request",
        19 => "search result reference",
        23 => "extended request",
        24 => "extended response",
        25 => "intermediate response",
        _ => null,
    };

    private static string? ResultName(int result) => result switch
    {
        0 => "success",
        1 => "operations error",
        2 => "protocol error",
        4 => "size limit exceeded",
        8 => "stronger authentication required",
        10 => "referral",
        14 => "SASL bind in progress",
        32 => "no such object",
        49 => "invalid credentials",
        50 => "insufficient access rights",
        53 => "unwilling to perform",
        68 => "entry already exists",
        _ => null,
    };
}
