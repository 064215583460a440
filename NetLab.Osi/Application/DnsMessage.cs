using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Application;

/// <summary>A DNS message (RFC 1035, 4.1), with the answers people look for.</summary>
internal sealed class DnsMessage
{
    public const int Port = 53;
    private const int HeaderSize = 12;
    private const int MulticastPort = 5353;
    private const int LlmnrPort = 5355;

    private readonly List<(string Name, int Type)> _questions = [];
    private readonly List<(string Name, int Type, uint TimeToLive, string? Data)> _answers = [];
    private int _id;
    private int _flags;
    private int _questionCount;
    private int _answerCount;
    private int _authorityCount;
    private int _additionalCount;

    /// <summary>Takes the payload of a UDP datagram apart if its ports say it is DNS.</summary>
    public static bool TryDissect(in Dissection dissection, int source, int destination, int offset, int end)
    {
        bool isDns = IsPort(source) || IsPort(destination);
        if (!isDns || TryRead(dissection.Packet[offset..end]) is not { } message)
        {
            return false;
        }

        dissection.Result.DnsMessages.Add(message);
        dissection.Add(ProtocolId.Dns, OsiLayer.Application, offset, end - offset, end);
        return true;

        static bool IsPort(int port) => port is Port or MulticastPort or LlmnrPort;
    }

    /// <summary>Reads a message; null if the bytes are none. Records that do not fit are left out.</summary>
    public static DnsMessage? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize)
        {
            return null;
        }

        var message = new DnsMessage
        {
            _id = BinaryPrimitives.ReadUInt16BigEndian(bytes),
            _flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            _questionCount = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
            _answerCount = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]),
            _authorityCount = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]),
            _additionalCount = BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]),
        };
        int at = HeaderSize;
        for (int i = 0; i < message._questionCount; i++)
        {
            if (!DnsName.TryRead(bytes, ref at, out string name) || at + 4 > bytes.Length)
            {
                return message;
            }

            message._questions.Add((name, BinaryPrimitives.ReadUInt16BigEndian(bytes[at..])));
            at += 4;
        }

        for (int i = 0; i < message._answerCount; i++)
        {
            if (!message.TryReadAnswer(bytes, ref at))
            {
                break;
            }
        }

        return message;
    }

    public void Describe(in LayerEntry entry, IFieldSink sink)
    {
        int at = entry.Offset;
        bool isResponse = (_flags & 0x8000) != 0;
        sink.Number("id", _id, at, 2);
        sink.Flag("qr", isResponse, at + 2, 1);
        sink.Number("opcode", (_flags >> 11) & 15, at + 2, 1);
        if (isResponse)
        {
            sink.Number("rcode", _flags & 15, at + 3, 1, RcodeName(_flags & 15));
        }

        sink.Number("qdcount", _questionCount, at + 4, 2);
        sink.Number("ancount", _answerCount, at + 6, 2);
        sink.Number("nscount", _authorityCount, at + 8, 2);
        sink.Number("arcount", _additionalCount, at + 10, 2);
        sink.BeginList("questions");
        foreach ((string name, int type) in _questions)
        {
            sink.BeginItem();
            sink.Text("name", name, at, entry.Length);
            sink.Number("type", type, at, entry.Length, TypeName(type));
            sink.EndItem();
        }

        sink.EndList();
        sink.BeginList("answers");
        foreach ((string name, int type, uint timeToLive, string? data) in _answers)
        {
            sink.BeginItem();
            sink.Text("name", name, at, entry.Length);
            sink.Number("type", type, at, entry.Length, TypeName(type));
            sink.Number("ttl", timeToLive, at, entry.Length);
            if (data is not null)
            {
                sink.Text("data", data, at, entry.Length);
            }

            sink.EndItem();
        }

        sink.EndList();
    }

    private bool TryReadAnswer(ReadOnlySpan<byte> bytes, ref int at)
    {
        if (!DnsName.TryRead(bytes, ref at, out string name) || at + 10 > bytes.Length)
        {
            return false;
        }

        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        uint timeToLive = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 4)..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 8)..]);
        at += 10;
        if (at + length > bytes.Length)
        {
            return false;
        }

        _answers.Add((name, type, timeToLive, DataOf(bytes, type, at, length)));
        at += length;
        return true;
    }

    private static string? DataOf(ReadOnlySpan<byte> bytes, int type, int at, int length)
    {
        int nameAt = type switch
        {
            15 => at + 2, // MX: preference
            33 => at + 6, // SRV: priority, weight, port
            _ => at,
        };
        return (type, length) switch
        {
            (1, 4) or (28, 16) => AddressText.Ip(bytes.Slice(at, length)),
            (2 or 5 or 12 or 15 or 33, _) when DnsName.TryRead(bytes, ref nameAt, out string name) => name,
            _ => null,
        };
    }

    private static string? TypeName(int type) => type switch
    {
        1 => "A",
        2 => "NS",
        5 => "CNAME",
        6 => "SOA",
        12 => "PTR",
        15 => "MX",
        16 => "TXT",
        28 => "AAAA",
        33 => "SRV",
        41 => "OPT",
        65 => "HTTPS",
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
}
