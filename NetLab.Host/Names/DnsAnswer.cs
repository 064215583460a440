namespace NetLab.Host.Names;

/// <summary>A response as a client reads it.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Question">What was asked; null where the response does not say.</param>
/// <param name="Answers">What is answered.</param>
/// <param name="Authority">Who has the authority, or the SOA that goes along with a denial.</param>
/// <param name="Additional">What goes along, without OPT.</param>
/// <param name="Edns">The server's OPT; null if it has none.</param>
/// <param name="Length">Its octets.</param>
internal sealed record DnsAnswer(
    DnsHeader Header, DnsQuestion? Question, IReadOnlyList<DnsAnswerRecord> Answers, IReadOnlyList<DnsAnswerRecord> Authority, IReadOnlyList<DnsAnswerRecord> Additional, Edns? Edns, int Length)
{
    /// <summary>The response code with the bits that OPT has of it.</summary>
    public int Code { get; private init; }

    /// <summary>Reads a response; null if it is none, or breaks off.</summary>
    public static DnsAnswer? Read(ReadOnlySpan<byte> message)
    {
        var reader = new DnsReader(message);
        DnsQuestion? question = null;
        if (!DnsHeader.TryRead(message, out DnsHeader header) || !header.Has(DnsHeader.Response) || header.Questions > 1 || (header.Questions == 1 && !reader.TryReadQuestion(out question!)))
        {
            return null;
        }

        Edns? edns = null;
        int code = header.Code;
        var sections = new List<DnsAnswerRecord>[] { [], [], [] };
        int[] counts = [header.Answers, header.Authorities, header.Additionals];
        for (int section = 0; section < sections.Length; section++)
        {
            for (int i = 0; i < counts[section]; i++)
            {
                if (!reader.TryReadRecord(out DnsRecord record))
                {
                    return null;
                }

                if (record.Type == RecordType.Opt)
                {
                    edns = Names.Edns.Of(record);
                    code |= (int)(record.Ttl >> 24) << 4;
                }
                else
                {
                    sections[section].Add(new DnsAnswerRecord(record.Owner.ToString(), record.Ttl, RecordType.NameOf(record.Type), RecordData.ToText(record.Type, reader.DataOf(record))));
                }
            }
        }

        return new DnsAnswer(header, question, sections[0], sections[1], sections[2], edns, message.Length) { Code = code };
    }
}
