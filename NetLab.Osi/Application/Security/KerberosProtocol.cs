using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Security;

/// <summary>Kerberos 5 (RFC 4120, section 5): kind of message, who asks, for what, and errors; on TCP behind four bytes of length (7.2.2).</summary>
internal static class KerberosProtocol
{
    private const int LengthSize = 4;
    private const int MaxLength = 1 << 20;
    private const int MaxDepth = 4;
    private const int Ticket = 0x61;
    private const int KdcRequestBody = 0xA4;
    private const int TgsRequestData = 1;
    private const int FastData = 136;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "kerberos", OsiLayer.Application, "Kerberos", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    /// <summary>A message of Kerberos in a token of GSS-API (RFC 4121, 4.1).</summary>
    public static readonly Protocol InToken = new("spnego_krb5", OsiLayer.Presentation, "Kerberos in GSS-API", Fields.All, describe: Describe, filter: "spnego-krb5");

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "kerberos.msg_type", about: "Kind of message", summary: true, names: static v => (int)v switch
        {
            10 => "AS-REQ",
            11 => "AS-REP",
            12 => "TGS-REQ",
            13 => "TGS-REP",
            14 => "AP-REQ",
            15 => "AP-REP",
            20 => "SAFE",
            21 => "PRIV",
            22 => "CRED",
            30 => "ERROR",
            _ => null,
        }, width: 4);
        public static readonly Field Realm = Field.Text("realm", "kerberos.realm", about: "Realm");
        public static readonly Field ClientRealm = Field.Text("client_realm", "kerberos.crealm", about: "The client's realm");
        public static readonly Field ClientName = Field.Text("client", "kerberos.CNameString", about: "A part of the client's name", summary: true);
        public static readonly Field ServerName = Field.Text("server", "kerberos.SNameString", about: "A part of the server's name", summary: true);
        public static readonly Field Error = Field.Number("error", "kerberos.error_code", about: "Error", summary: true, width: 4);

        public static readonly Field[] All = [Type, Realm, ClientRealm, ClientName, ServerName, Error];
    }

    private static ReadOnlySpan<byte> Mechanism => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2];

    private static ReadOnlySpan<byte> MechanismOfMicrosoft => [0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 1, 2, 2];

    // User to user ([MS-KILE], 3.4.5).
    private static ReadOnlySpan<byte> MechanismOfUsers => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2, 3];

    /// <summary>Takes apart a Kerberos message in a token, its mechanism before it or not.</summary>
    public static void DissectToken(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length > 0 && IsMessage(bytes[0]))
        {
            dissection.Add(InToken, offset, bytes.Length, end);
            return;
        }

        var token = new BerReader(bytes, offset);
        if (!token.Next(0x60))
        {
            return;
        }

        BerReader inner = token.Inside;
        if (inner.Next(BerReader.ObjectIdentifier)
            && (inner.Value.SequenceEqual(Mechanism) || inner.Value.SequenceEqual(MechanismOfMicrosoft) || inner.Value.SequenceEqual(MechanismOfUsers)))
        {
            // RFC 4121, 4.1: two bytes of what the token is for.
            int at = Math.Min(token.At + inner.Position + 2, end);
            dissection.Add(InToken, at, end - at, end);
        }
    }

    private static bool IsMessage(int tag) => tag is >= 0x6A and <= 0x6F or 0x74 or 0x75 or 0x76 or 0x7E;

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes.Length < LengthSize + 1)
        {
            return bytes[0] == 0 ? 0 : StreamParser.NotMine;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return length is > 4 and <= MaxLength && IsMessage(bytes[LengthSize]) ? LengthSize + (int)length : StreamParser.NotMine;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int message = offset + (dissection.Bytes[offset] == 0 ? LengthSize : 0);
        if (message >= end || !IsMessage(dissection.Bytes[message]))
        {
            return false;
        }

        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int skip = bytes.Length > LengthSize && bytes[0] == 0 ? LengthSize : 0;
        DescribeMessage(new BerReader(bytes[skip..], view[index].Offset + skip), sink, 0);
    }

    private static void DescribeMessage(BerReader outer, IFieldSink sink, int depth)
    {
        if (depth > MaxDepth || !outer.Next())
        {
            return;
        }

        if (outer.Tag == BerReader.Sequence)
        {
            DescribeTicketRequest(outer.Inside, sink);
            return;
        }

        if (!IsMessage(outer.Tag))
        {
            return;
        }

        int kind = outer.Tag & 0x1F;
        BerReader sequence = outer.Inside;
        if (!sequence.Next(BerReader.Sequence))
        {
            return;
        }

        BerReader members = sequence.Inside;
        while (members.Next())
        {
            int member = members.Tag;
            switch (kind)
            {
                case 10 or 12 when member == 0xA2:
                    ReportNumber(members.Inside, Fields.Type, sink);
                    break;
                case 10 or 12 when member == 0xA3:
                    DescribePreAuthentication(members.Inside, sink, depth);
                    break;
                case 10 or 12 when member == KdcRequestBody:
                    DescribeBody(members.Inside, sink);
                    break;
                case 11 or 13 when member == 0xA1:
                    ReportNumber(members.Inside, Fields.Type, sink);
                    break;
                case 11 or 13 when member == 0xA3:
                    ReportText(members.Inside, Fields.ClientRealm, sink);
                    break;
                case 11 or 13 when member == 0xA4:
                    ReportName(members.Inside, Fields.ClientName, sink);
                    break;
                case 11 or 13 when member == 0xA5:
                    DescribeTicket(members.Inside, sink);
                    break;
                case 14 when member == 0xA3:
                    DescribeTicket(members.Inside, sink);
                    break;
                case 30 when member == 0xA6:
                    ReportNumber(members.Inside, Fields.Error, sink);
                    break;
                case 30 when member == 0xA7:
                    ReportText(members.Inside, Fields.ClientRealm, sink);
                    break;
                case 30 when member == 0xA8:
                    ReportName(members.Inside, Fields.ClientName, sink);
                    break;
                case 30 when member == 0xA9:
                    ReportText(members.Inside, Fields.Realm, sink);
                    break;
                case 30 when member == 0xAA:
                    ReportName(members.Inside, Fields.ServerName, sink);
                    break;
                case 14 or 15 or 20 or 21 or 22 or 30 when member == 0xA1:
                    ReportNumber(members.Inside, Fields.Type, sink);
                    break;
                default:
                    break;
            }
        }
    }

    // draft-swift-win2k-krb-user2user, 4: version, kind, ticket, realm.
    private static void DescribeTicketRequest(BerReader members, IFieldSink sink)
    {
        while (members.Next())
        {
            switch (members.Tag)
            {
                case 0xA1:
                    ReportNumber(members.Inside, Fields.Type, sink);
                    break;
                case 0xA2 when members.Value.Length > 0 && members.Value[0] == Ticket:
                    DescribeTicket(members.Inside, sink);
                    break;
                case 0xA3:
                    ReportText(members.Inside, Fields.Realm, sink);
                    break;
                default:
                    break;
            }
        }
    }

    // 5.2.7: a list of kinds and values; a ticket of the ticket-granting service stands in one of them.
    private static void DescribePreAuthentication(BerReader list, IFieldSink sink, int depth)
    {
        if (!list.Next(BerReader.Sequence))
        {
            return;
        }

        BerReader items = list.Inside;
        while (items.Next(BerReader.Sequence))
        {
            BerReader item = items.Inside;
            if (!item.Next(0xA1))
            {
                continue;
            }

            BerReader kind = item.Inside;
            if (!kind.Next(BerReader.Integer) || !item.Next(0xA2))
            {
                continue;
            }

            BerReader value = item.Inside;
            if (!value.Next(BerReader.OctetString))
            {
                continue;
            }

            if (kind.Number == TgsRequestData)
            {
                DescribeMessage(value.Inside, sink, depth + 1);
            }
            else if (kind.Number == FastData)
            {
                DescribeArmor(value.Inside, sink, depth);
            }
        }
    }

    // RFC 6113, 5.4.2: armored data, whose armor is a kind and an AP-REQ.
    private static void DescribeArmor(BerReader reader, IFieldSink sink, int depth)
    {
        foreach (int tag in (ReadOnlySpan<int>)[0xA0, BerReader.Sequence, 0xA0, BerReader.Sequence, 0xA1, BerReader.OctetString])
        {
            if (!reader.Find(tag))
            {
                return;
            }

            reader = reader.Inside;
        }

        DescribeMessage(reader, sink, depth + 1);
    }

    private static void DescribeBody(BerReader body, IFieldSink sink)
    {
        if (!body.Next(BerReader.Sequence))
        {
            return;
        }

        BerReader members = body.Inside;
        while (members.Next())
        {
            switch (members.Tag)
            {
                case 0xA1:
                    ReportName(members.Inside, Fields.ClientName, sink);
                    break;
                case 0xA2:
                    ReportText(members.Inside, Fields.Realm, sink);
                    break;
                case 0xA3:
                    ReportName(members.Inside, Fields.ServerName, sink);
                    break;
                default:
                    break;
            }
        }
    }

    private static void DescribeTicket(BerReader outer, IFieldSink sink)
    {
        if (!outer.Next(Ticket))
        {
            return;
        }

        BerReader sequence = outer.Inside;
        if (!sequence.Next(BerReader.Sequence))
        {
            return;
        }

        BerReader members = sequence.Inside;
        while (members.Next())
        {
            if (members.Tag == 0xA1)
            {
                ReportText(members.Inside, Fields.Realm, sink);
            }
            else if (members.Tag == 0xA2)
            {
                ReportName(members.Inside, Fields.ServerName, sink);
            }
        }
    }

    private static void ReportNumber(BerReader value, Field field, IFieldSink sink)
    {
        if (value.Next(BerReader.Integer))
        {
            value.Report(sink, field);
        }
    }

    private static void ReportText(BerReader value, Field field, IFieldSink sink)
    {
        if (value.Next())
        {
            value.Report(sink, field);
        }
    }

    // 5.2.2: a kind, and the parts of the name.
    private static void ReportName(BerReader name, Field field, IFieldSink sink)
    {
        if (!name.Next(BerReader.Sequence))
        {
            return;
        }

        BerReader members = name.Inside;
        if (!members.Find(0xA1))
        {
            return;
        }

        BerReader list = members.Inside;
        if (!list.Next(BerReader.Sequence))
        {
            return;
        }

        BerReader parts = list.Inside;
        while (parts.Next())
        {
            parts.Report(sink, field);
        }
    }
}
