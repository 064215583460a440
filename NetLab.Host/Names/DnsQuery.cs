namespace NetLab.Host.Names;

/// <summary>A question as it came, with what it says of its sender.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Question">What is asked; null where that cannot be read.</param>
/// <param name="Edns">The sender's OPT; null if it has none.</param>
/// <param name="IsWell">Whether all of it could be read, and is one question.</param>
internal readonly record struct DnsQuery(DnsHeader Header, DnsQuestion? Question, Edns? Edns, bool IsWell)
{
    /// <summary>Reads one.</summary>
    /// <returns>False if there is nothing to answer: too short, or itself a response.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out DnsQuery query)
    {
        query = default;
        if (!DnsHeader.TryRead(message, out DnsHeader header) || header.Has(DnsHeader.Response))
        {
            return false;
        }

        query = new DnsQuery(header, null, null, false);
        var reader = new DnsReader(message);

        // One question, and no other number (RFC 9619).
        if (header.Opcode != 0 || header.Questions != 1 || !reader.TryReadQuestion(out DnsQuestion question))
        {
            return true;
        }

        Edns? edns = null;
        int records = header.Answers + header.Authorities + header.Additionals;
        for (int i = 0; i < records; i++)
        {
            if (!reader.TryReadRecord(out DnsRecord record))
            {
                query = query with { Question = question };
                return true;
            }

            if (record.Type == RecordType.Opt)
            {
                // RFC 6891, 6.1.1: one, of the root, among the additional records.
                if (edns is not null || !record.Owner.IsRoot || i < header.Answers + header.Authorities)
                {
                    query = query with { Question = question };
                    return true;
                }

                edns = Names.Edns.Of(record);
            }
        }

        query = new DnsQuery(header, question, edns, reader.IsAtEnd);
        return true;
    }
}
