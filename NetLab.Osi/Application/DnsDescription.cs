using System.Buffers.Binary;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>Tells the fields of a DNS message (RFC 1035, 4.1), with the answers people look for.</summary>
/// <param name="bytes">The message.</param>
/// <param name="isLlmnr">Whether it is one of LLMNR, some of whose flags mean something else (RFC 4795, 2.1.1).</param>
internal readonly ref struct DnsDescription(ReadOnlySpan<byte> bytes, bool isLlmnr = false)
{
    internal static class Fields
    {
        public static readonly Field Id = Field.Number("id", "dns.id", width: 2);
        public static readonly Field Qr = Field.Flag("qr", "dns.flags.response");
        public static readonly Field Opcode = Field.Number("opcode", "dns.flags.opcode", width: 2);
        public static readonly Field Rcode = Field.Number("rcode", "dns.flags.rcode", summary: true, names: static v => RcodeName((int)v), width: 2);
        public static readonly Field Qdcount = Field.Number("qdcount", "dns.count.queries", width: 2);
        public static readonly Field Ancount = Field.Number("ancount", "dns.count.answers", width: 2);
        public static readonly Field Nscount = Field.Number("nscount", "dns.count.auth_rr", width: 2);
        public static readonly Field Arcount = Field.Number("arcount", "dns.count.add_rr", width: 2);
        public static readonly Field Authoritative = Field.Flag(null, "dns.flags.authoritative", at: 2, size: 2, mask: 0x0400, about: "The answer is authoritative");
        public static readonly Field Truncated = Field.Flag(null, "dns.flags.truncated", at: 2, size: 2, mask: 0x0200, about: "The message is truncated");
        public static readonly Field RecursionDesired = Field.Flag(null, "dns.flags.recdesired", at: 2, size: 2, mask: 0x0100, about: "Recursion is desired");
        public static readonly Field RecursionAvailable = Field.Flag(null, "dns.flags.recavail", at: 2, size: 2, mask: 0x0080, about: "Recursion is available");
        public static readonly Field AllFlags = Field.Number(null, "dns.flags", at: 2, size: 2, about: "Flags");
        public static readonly Field Questions = Field.Group("questions", "What is asked");
        public static readonly Field QuestionName = Field.Text("name", "dns.qry.name", about: "Name asked for", summary: true);
        public static readonly Field QuestionType = Field.Number("type", "dns.qry.type", names: static v => DnsTypes.NameOf((int)v), about: "Type asked for", summary: true, width: 2);
        public static readonly Field QuestionClass = Field.Number(null, "dns.qry.class", about: "Class asked for", width: 2);
        public static readonly Field Answers = Field.Group("answers", "What is answered");
        public static readonly Field Name = Field.Text("name", "dns.resp.name", about: "Name of a record");
        public static readonly Field Type = Field.Number("type", "dns.resp.type", names: static v => DnsTypes.NameOf((int)v), about: "Type of a record", width: 2);
        public static readonly Field Class = Field.Number(null, "dns.resp.class", about: "Class of a record", width: 2);
        public static readonly Field Ttl = Field.Number("ttl", "dns.resp.ttl", names: static _ => "seconds", about: "Time to live of a record", width: 4);
        public static readonly Field A = Field.Ipv4("data", "dns.a", about: "Address", summary: true);
        public static readonly Field Aaaa = Field.Ipv6("data", "dns.aaaa", about: "Address");
        public static readonly Field Cname = Field.Text("data", "dns.cname", about: "Canonical name");
        public static readonly Field Ns = Field.Text("data", "dns.ns", about: "Name server");
        public static readonly Field Ptr = Field.Text("data", "dns.ptr.domain_name", about: "Name of an address");
        public static readonly Field Mx = Field.Text("data", "dns.mx.mail_exchange", about: "Mail exchange");
        public static readonly Field Srv = Field.Text("data", "dns.srv.target", about: "Target of a service");
        public static readonly Field Txt = Field.Text(null, "dns.txt", about: "Text");

        public static readonly Field[] All =
        [
            Id, Qr, Opcode, Rcode, Qdcount, Ancount, Nscount, Arcount, Authoritative, Truncated, RecursionDesired, RecursionAvailable, AllFlags,
            Questions, QuestionName, QuestionType, QuestionClass, Answers, Name, Type, Class, Ttl, A, Aaaa, Cname, Ns, Ptr, Mx, Srv, Txt,
        ];
    }

    private static readonly Field[] HiddenFlags = [Fields.Truncated, Fields.RecursionDesired, Fields.RecursionAvailable, Fields.AllFlags];
    private static readonly Field[] LlmnrFlags = [Fields.Truncated, Fields.AllFlags];

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly bool _isLlmnr = isLlmnr;

    public void Describe(int offset, IFieldSink sink)
    {
        int flags = Read16(_bytes, 2);
        bool isResponse = (flags & 0x8000) != 0;
        sink.Number(Fields.Id, Read16(_bytes, 0), offset, 2);
        sink.Flag(Fields.Qr, isResponse, offset + 2, 2);
        sink.Number(Fields.Opcode, (flags >> 11) & 15, offset + 2, 2);
        if (isResponse)
        {
            sink.Number(Fields.Rcode, flags & 15, offset + 2, 2);
        }

        int questions = Read16(_bytes, 4);
        int answers = Read16(_bytes, 6);
        sink.Number(Fields.Qdcount, questions, offset + 4, 2);
        sink.Number(Fields.Ancount, answers, offset + 6, 2);
        sink.Number(Fields.Nscount, Read16(_bytes, 8), offset + 8, 2);
        sink.Number(Fields.Arcount, Read16(_bytes, 10), offset + 10, 2);
        int at = DnsMessage.HeaderSize;
        bool isWhole = DescribeQuestions(questions, ref at, offset, sink);
        if (isWhole && answers > 0)
        {
            sink.BeginList(Fields.Answers);
            isWhole = DescribeRecords(answers, ref at, offset, sink);
            sink.EndList();
        }

        if (sink.WantsHidden)
        {
            if (isResponse && !_isLlmnr)
            {
                sink.Flag(Fields.Authoritative, FieldReader.Read(Fields.Authoritative, _bytes) != 0, offset + 2, 2);
            }

            FieldReader.Report(_isLlmnr ? LlmnrFlags : HiddenFlags, _bytes, offset, sink);
            if (isWhole)
            {
                DescribeRecords(Read16(_bytes, 8) + Read16(_bytes, 10), ref at, offset, sink);
            }
        }
    }

    private static int Read16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static string? RcodeName(int rcode) => rcode switch
    {
        0 => "no error",
        1 => "format error",
        2 => "server failure",
        3 => "no such name",
        4 => "not implemented",
        5 => "refused",
        _ => null,
    };

    private bool DescribeQuestions(int count, ref int at, int offset, IFieldSink sink)
    {
        Span<byte> name = stackalloc byte[DnsName.MaxText];
        sink.BeginList(Fields.Questions);
        bool isWhole = true;
        for (int i = 0; i < count && isWhole; i++)
        {
            int start = at;
            isWhole = DnsName.TryRead(_bytes, ref at, name, out int length) && at + 4 <= _bytes.Length;
            if (isWhole)
            {
                int type = Read16(_bytes, at);
                sink.BeginItem();
                sink.Text(Fields.QuestionName, Shown(name[..length], sink), offset + start, at - start);
                sink.Number(Fields.QuestionType, type, offset + at, 2);
                if (sink.WantsHidden)
                {
                    sink.Number(Fields.QuestionClass, Read16(_bytes, at + 2) & DnsTypes.ClassMask, offset + at + 2, 2);
                }

                sink.EndItem();
                at += 4;
            }
        }

        sink.EndList();
        return isWhole;
    }

    private bool DescribeRecords(int count, ref int at, int offset, IFieldSink sink)
    {
        Span<byte> name = stackalloc byte[DnsName.MaxText];
        for (int i = 0; i < count; i++)
        {
            int start = at;
            if (!DnsName.TryRead(_bytes, ref at, name, out int length) || at + 10 > _bytes.Length)
            {
                return false;
            }

            int type = Read16(_bytes, at);
            int size = Read16(_bytes, at + 8);
            int data = at + 10;
            if (data + size > _bytes.Length)
            {
                return false;
            }

            sink.BeginItem();
            sink.Text(Fields.Name, Shown(name[..length], sink), offset + start, at - start);
            sink.Number(Fields.Type, type, offset + at, 2);
            if (sink.WantsHidden)
            {
                sink.Number(Fields.Class, Read16(_bytes, at + 2) & DnsTypes.ClassMask, offset + at + 2, 2);
            }

            if (type != DnsTypes.Options || !sink.WantsHidden)
            {
                // RFC 6891, 6.1.3: in an OPT record the time holds flags.
                sink.Number(Fields.Ttl, BinaryPrimitives.ReadUInt32BigEndian(_bytes[(at + 4)..]), offset + at + 4, 4);
            }

            DescribeData(type, data, size, offset, sink);
            sink.EndItem();
            at = data + size;
        }

        return true;
    }

    private void DescribeData(int type, int data, int size, int offset, IFieldSink sink)
    {
        switch (type, size)
        {
            case (DnsTypes.Address, 4):
                sink.Ip(Fields.A, _bytes.Slice(data, size), offset + data);
                break;
            case (DnsTypes.Address6, 16):
                sink.Ip(Fields.Aaaa, _bytes.Slice(data, size), offset + data);
                break;
            case (DnsTypes.NameServer, _):
                DescribeName(Fields.Ns, type, data, size, offset, sink);
                break;
            case (DnsTypes.CanonicalName, _):
                DescribeName(Fields.Cname, type, data, size, offset, sink);
                break;
            case (DnsTypes.Pointer, _):
                DescribeName(Fields.Ptr, type, data, size, offset, sink);
                break;
            case (DnsTypes.MailExchange, _):
                DescribeName(Fields.Mx, type, data, size, offset, sink);
                break;
            case (DnsTypes.Service, _):
                DescribeName(Fields.Srv, type, data, size, offset, sink);
                break;
            case (DnsTypes.Text, _) when sink.WantsHidden:
                // Each a byte of length and so many of text (RFC 1035, 3.3.14).
                for (int at = 0; at < size && at + 1 + _bytes[data + at] <= size; at += 1 + _bytes[data + at])
                {
                    sink.Text(Fields.Txt, _bytes.Slice(data + at + 1, _bytes[data + at]), offset + data + at + 1, _bytes[data + at]);
                }

                break;
            case (DnsTypes.NextSecure, _) when sink.WantsHidden:
                int bitmap = data;
                if (DnsName.TryRead(_bytes, ref bitmap, stackalloc byte[DnsName.MaxText], out _))
                {
                    DescribeTypes(bitmap, data + size, offset, sink);
                }

                break;
            case (DnsTypes.NextSecure3, > 5) when sink.WantsHidden:
                // RFC 5155, 3.2: four bytes of numbers, a salt and a hash behind their lengths.
                int hash = data + 5 + _bytes[data + 4];
                if (hash < data + size)
                {
                    DescribeTypes(hash + 1 + _bytes[hash], data + size, offset, sink);
                }

                break;
            default:
                break;
        }
    }

    // RFC 4034, 4.1.2: windows of 256 types, each with its number, the length of its bitmap, and that.
    private void DescribeTypes(int at, int end, int offset, IFieldSink sink)
    {
        while (at + 2 <= end)
        {
            int window = _bytes[at] << 8;
            int length = _bytes[at + 1];
            at += 2;
            for (int i = 0; i < length && at + i < end; i++)
            {
                for (int bit = 0; bit < 8; bit++)
                {
                    if ((_bytes[at + i] & (0x80 >> bit)) != 0)
                    {
                        sink.Number(Fields.Type, window + (8 * i) + bit, offset + at + i, 1);
                    }
                }
            }

            at += length;
        }
    }

    // Filters and columns know the root by Wireshark's name for it.
    private static ReadOnlySpan<byte> Shown(ReadOnlySpan<byte> name, IFieldSink sink) => sink.WantsHidden && name.SequenceEqual("."u8) ? "<Root>"u8 : name;

    private void DescribeName(Field field, int type, int data, int size, int offset, IFieldSink sink)
    {
        Span<byte> name = stackalloc byte[DnsName.MaxText];
        int at = data + DnsTypes.NameAt(type);
        if (DnsName.TryRead(_bytes, ref at, name, out int length))
        {
            sink.Text(field, Shown(name[..length], sink), offset + data, size);
        }
    }
}
