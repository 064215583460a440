using System.Buffers.Binary;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>A DNS message (RFC 1035, 4.1), read where it stands, with the answers people look for.</summary>
internal readonly ref struct DnsMessage(ReadOnlySpan<byte> bytes)
{
    internal static class Fields
    {
        public static readonly Field Id = Field.Number("id", "dns.id");
        public static readonly Field Qr = Field.Flag("qr", "dns.flags.response");
        public static readonly Field Opcode = Field.Number("opcode", "dns.flags.opcode");
        public static readonly Field Rcode = Field.Number("rcode", "dns.flags.rcode", names: static v => RcodeName((int)v));
        public static readonly Field Qdcount = Field.Number("qdcount", "dns.count.queries");
        public static readonly Field Ancount = Field.Number("ancount", "dns.count.answers");
        public static readonly Field Nscount = Field.Number("nscount", "dns.count.auth_rr");
        public static readonly Field Arcount = Field.Number("arcount", "dns.count.add_rr");
        public static readonly Field Questions = Field.Group("questions");
        public static readonly Field Name = Field.Text("name");
        public static readonly Field Type = Field.Number("type", names: static v => TypeName((int)v));
        public static readonly Field Answers = Field.Group("answers");
        public static readonly Field Ttl = Field.Number("ttl");
        public static readonly Field Data = Field.Of(FieldKind.Ip, "data");

        public static readonly Field[] All = [Id, Qr, Opcode, Rcode, Qdcount, Ancount, Nscount, Arcount, Questions, Name, Type, Answers, Ttl, Data];
    }

    public const int HeaderSize = 12;

    private const int Address = 1;
    private const int NameServer = 2;
    private const int CanonicalName = 5;
    private const int Pointer = 12;
    private const int MailExchange = 15;
    private const int Address6 = 28;
    private const int Service = 33;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes of a question that the counts of a header promise: what a message of another protocol would not have.</summary>
    public static bool LooksRight(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize)
        {
            return false;
        }

        int records = Read16(bytes, 4) + Read16(bytes, 6) + Read16(bytes, 8) + Read16(bytes, 10);
        return records <= bytes.Length;
    }

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
        int at = HeaderSize;
        bool isWhole = DescribeQuestions(questions, ref at, offset, sink);
        if (isWhole && answers > 0)
        {
            DescribeAnswers(answers, ref at, offset, sink);
        }
    }

    private static int Read16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static string? TypeName(int type) => type switch
    {
        Address => "A",
        NameServer => "NS",
        CanonicalName => "CNAME",
        6 => "SOA",
        Pointer => "PTR",
        MailExchange => "MX",
        16 => "TXT",
        Address6 => "AAAA",
        Service => "SRV",
        41 => "OPT",
        43 => "DS",
        46 => "RRSIG",
        47 => "NSEC",
        48 => "DNSKEY",
        64 => "SVCB",
        65 => "HTTPS",
        252 => "AXFR",
        255 => "ANY",
        _ => null,
    };

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
                sink.Text(Fields.Name, name[..length], offset + start, at - start);
                sink.Number(Fields.Type, type, offset + at, 2);
                sink.EndItem();
                at += 4;
            }
        }

        sink.EndList();
        return isWhole;
    }

    private void DescribeAnswers(int count, ref int at, int offset, IFieldSink sink)
    {
        Span<byte> name = stackalloc byte[DnsName.MaxText];
        sink.BeginList(Fields.Answers);
        for (int i = 0; i < count; i++)
        {
            int start = at;
            if (!DnsName.TryRead(_bytes, ref at, name, out int length) || at + 10 > _bytes.Length)
            {
                break;
            }

            int type = Read16(_bytes, at);
            int size = Read16(_bytes, at + 8);
            int data = at + 10;
            if (data + size > _bytes.Length)
            {
                break;
            }

            sink.BeginItem();
            sink.Text(Fields.Name, name[..length], offset + start, at - start);
            sink.Number(Fields.Type, type, offset + at, 2);
            sink.Number(Fields.Ttl, BinaryPrimitives.ReadUInt32BigEndian(_bytes[(at + 4)..]), offset + at + 4, 4);
            DescribeData(type, data, size, offset, sink);
            sink.EndItem();
            at = data + size;
        }

        sink.EndList();
    }

    private void DescribeData(int type, int data, int size, int offset, IFieldSink sink)
    {
        switch (type, size)
        {
            case (Address, 4) or (Address6, 16):
                sink.Ip(Fields.Data, _bytes.Slice(data, size), offset + data);
                break;
            case (NameServer or CanonicalName or Pointer or MailExchange or Service, _):
                // MX begins with a preference; SRV with priority, weight and port.
                int nameAt = data + (type == MailExchange ? 2 : type == Service ? 6 : 0);
                Span<byte> name = stackalloc byte[DnsName.MaxText];
                if (DnsName.TryRead(_bytes, ref nameAt, name, out int length))
                {
                    sink.Text(Fields.Data, name[..length], offset + data, size);
                }

                break;
            default:
                break;
        }
    }
}
