using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Application;

/// <summary>A DNS message (RFC 1035, 4.1), read where it stands, with the answers people look for.</summary>
internal readonly ref struct DnsMessage(ReadOnlySpan<byte> bytes)
{
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
        sink.Number("id"u8, Read16(_bytes, 0), offset, 2);
        sink.Flag("qr"u8, isResponse, offset + 2, 2);
        sink.Number("opcode"u8, (flags >> 11) & 15, offset + 2, 2);
        if (isResponse)
        {
            sink.Number("rcode"u8, flags & 15, offset + 2, 2, RcodeName(flags & 15));
        }

        int questions = Read16(_bytes, 4);
        int answers = Read16(_bytes, 6);
        sink.Number("qdcount"u8, questions, offset + 4, 2);
        sink.Number("ancount"u8, answers, offset + 6, 2);
        sink.Number("nscount"u8, Read16(_bytes, 8), offset + 8, 2);
        sink.Number("arcount"u8, Read16(_bytes, 10), offset + 10, 2);
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
        sink.BeginList("questions"u8);
        bool isWhole = true;
        for (int i = 0; i < count && isWhole; i++)
        {
            int start = at;
            isWhole = DnsName.TryRead(_bytes, ref at, name, out int length) && at + 4 <= _bytes.Length;
            if (isWhole)
            {
                int type = Read16(_bytes, at);
                sink.BeginItem();
                sink.Text("name"u8, name[..length], offset + start, at - start);
                sink.Number("type"u8, type, offset + at, 2, TypeName(type));
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
        sink.BeginList("answers"u8);
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
            sink.Text("name"u8, name[..length], offset + start, at - start);
            sink.Number("type"u8, type, offset + at, 2, TypeName(type));
            sink.Number("ttl"u8, BinaryPrimitives.ReadUInt32BigEndian(_bytes[(at + 4)..]), offset + at + 4, 4);
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
                sink.Ip("data"u8, _bytes.Slice(data, size), offset + data);
                break;
            case (NameServer or CanonicalName or Pointer or MailExchange or Service, _):
                // MX begins with a preference; SRV with priority, weight and port.
                int nameAt = data + (type == MailExchange ? 2 : type == Service ? 6 : 0);
                Span<byte> name = stackalloc byte[DnsName.MaxText];
                if (DnsName.TryRead(_bytes, ref nameAt, name, out int length))
                {
                    sink.Text("data"u8, name[..length], offset + data, size);
                }

                break;
            default:
                break;
        }
    }
}
