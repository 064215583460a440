using System.Buffers.Binary;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>
/// A DNS message (RFC 1035, 4.1), also of mDNS and LLMNR, read where it stands: its header at once, its questions and records when
/// they are asked for, as far as the message goes.
/// </summary>
public readonly ref struct DnsMessage : IHeaderView<DnsMessage>
{
    /// <summary>Bytes of header.</summary>
    public const int HeaderSize = 12;

    private const int QuestionSize = 4;
    private const int RecordSize = 10;

    private readonly ReadOnlySpan<byte> _bytes;

    private DnsMessage(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What a response has in common with its query.</summary>
    public int Id => Read16(0);

    /// <summary>Whether it is a response.</summary>
    public bool IsResponse => (Flags & 0x8000) != 0;

    /// <summary>The sixteen bits of flags, operation and response code as they stand.</summary>
    public int Flags => Read16(2);

    /// <summary>The operation, 0 to 15: 0 a query, 5 an update (RFC 6895, 2.2).</summary>
    public int Opcode => (Flags >> 11) & 15;

    /// <summary>The four bits of response code in the header: 0 no error, 3 no such name (RFC 6895, 2.3).</summary>
    public int ResponseCode => Flags & 15;

    /// <summary>Whether the message was cut to fit (TC).</summary>
    public bool IsTruncated => (Flags & 0x0200) != 0;

    /// <summary>How many questions the header promises, 0 to 65535.</summary>
    public int QuestionCount => Read16(4);

    /// <summary>How many answers the header promises, 0 to 65535.</summary>
    public int AnswerCount => Read16(6);

    /// <summary>How many records of name servers the header promises, 0 to 65535.</summary>
    public int AuthorityCount => Read16(8);

    /// <summary>How many further records the header promises, 0 to 65535.</summary>
    public int AdditionalCount => Read16(10);

    /// <summary>The questions, those that are whole.</summary>
    public IReadOnlyList<DnsQuestion> Questions
    {
        get
        {
            var questions = new List<DnsQuestion>();
            int at = HeaderSize;
            while (questions.Count < QuestionCount && TryReadName(ref at, out string name) && at + QuestionSize <= _bytes.Length)
            {
                questions.Add(new DnsQuestion(name, Read16(at), Read16(at + 2) & DnsTypes.ClassMask));
                at += QuestionSize;
            }

            return questions;
        }
    }

    /// <summary>The answers, those that are whole.</summary>
    public IReadOnlyList<DnsRecord> Answers => Records(0, AnswerCount);

    /// <summary>The records of name servers, those that are whole.</summary>
    public IReadOnlyList<DnsRecord> Authorities => Records(AnswerCount, AuthorityCount);

    /// <summary>The further records, those that are whole.</summary>
    public IReadOnlyList<DnsRecord> Additional => Records(AnswerCount + AuthorityCount, AdditionalCount);

    /// <inheritdoc/>
    public static bool Reads(Protocol protocol) => protocol == DnsProtocol.Value || protocol == DnsProtocol.Mdns || protocol == DnsProtocol.Llmnr;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DnsMessage view)
    {
        view = bytes.Length >= HeaderSize ? new DnsMessage(bytes) : default;
        return bytes.Length >= HeaderSize;
    }

    /// <summary>Where the message breaks the rules, and why: a name that runs out of bytes or points in a circle, a record that is longer than the message.</summary>
    /// <param name="at">Where.</param>
    /// <returns>What is wrong; null if nothing is, as far as the message goes.</returns>
    internal string? FindFault(out int at)
    {
        at = HeaderSize;
        Span<byte> name = stackalloc byte[DnsName.MaxText];
        int questions = QuestionCount;
        int records = AnswerCount + AuthorityCount + AdditionalCount;
        for (int i = 0; i < questions + records; i++)
        {
            if (at >= _bytes.Length)
            {
                return "DNS counts: more records than bytes";
            }

            if (!DnsName.TryRead(_bytes, ref at, name, out _))
            {
                return "DNS name";
            }

            int size = i < questions ? QuestionSize : RecordSize;
            if (at + size > _bytes.Length)
            {
                return i < questions ? "DNS question" : "DNS record";
            }

            at += size;
            if (i >= questions)
            {
                int data = Read16(at - 2);
                if (at + data > _bytes.Length)
                {
                    at -= 2;
                    return "DNS data length";
                }

                at += data;
            }
        }

        return null;
    }

    private int Read16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]);

    // Those of the three sections behind the questions that stand from one on; what stands before them is passed over.
    private List<DnsRecord> Records(int first, int count)
    {
        var records = new List<DnsRecord>();
        Span<byte> name = stackalloc byte[DnsName.MaxText];
        int at = HeaderSize;
        for (int i = 0; i < QuestionCount; i++)
        {
            if (!DnsName.TryRead(_bytes, ref at, name, out _))
            {
                return records;
            }

            at += QuestionSize;
        }

        for (int i = 0; i < first + count; i++)
        {
            if (!DnsName.TryRead(_bytes, ref at, name, out int length) || at + RecordSize > _bytes.Length || at + RecordSize + Read16(at + 8) > _bytes.Length)
            {
                break;
            }

            if (i >= first)
            {
                records.Add(Record(AsciiText.Text(name[..length]), at));
            }

            at += RecordSize + Read16(at + 8);
        }

        return records;
    }

    private DnsRecord Record(string name, int at)
    {
        int type = Read16(at);
        int data = at + RecordSize;
        int target = data + Math.Max(0, DnsTypes.NameAt(type));
        string? text = DnsTypes.NameAt(type) >= 0 && TryReadName(ref target, out string read) ? read : null;
        return new DnsRecord(
            name, type, Read16(at + 2) & DnsTypes.ClassMask, BinaryPrimitives.ReadUInt32BigEndian(_bytes[(at + 4)..]), _bytes.Slice(data, Read16(at + 8)).ToArray(), text);
    }

    private bool TryReadName(ref int at, out string name)
    {
        Span<byte> text = stackalloc byte[DnsName.MaxText];
        bool isRead = DnsName.TryRead(_bytes, ref at, text, out int length);
        name = isRead ? AsciiText.Text(text[..length]) : "";
        return isRead;
    }
}
