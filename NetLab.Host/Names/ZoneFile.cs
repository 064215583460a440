using System.Globalization;

namespace NetLab.Host.Names;

/// <summary>
/// Reads zones as files have them (RFC 1035, 5; RFC 2308, 4 for <c>$TTL</c>). One file may hold several zones: each begins with its SOA, and a
/// record belongs to the nearest zone above it.
/// </summary>
internal static class ZoneFile
{
    // What fits a stream's message beside header, question and OPT.
    private const int MaxSet = 60_000;

    /// <summary>Reads the zones of a text.</summary>
    /// <exception cref="ZoneException">It makes no sense.</exception>
    public static ZoneSet Read(string text)
    {
        List<Row> rows = [.. Rows(text)];
        Dictionary<string, Zone> zones = [];
        foreach (Row soa in rows.Where(r => r.Type == RecordType.Soa))
        {
            if (!zones.TryAdd(soa.Owner.Key, new Zone(soa.Owner)))
            {
                throw new ZoneException(soa.Line, $"{soa.Owner} has a second SOA");
            }
        }

        if (zones.Count == 0)
        {
            throw new ZoneException(rows.Count > 0 ? rows[0].Line : 1, "there is no SOA record, and a zone begins with one");
        }

        var set = new ZoneSet(zones.Values);
        foreach (IGrouping<(string, ushort), Row> group in rows.GroupBy(r => (r.Owner.Key, r.Type)))
        {
            Row first = group.First();
            Zone zone = set.Of(first.Owner) ?? throw new ZoneException(first.Line, $"{first.Owner} is in none of the zones {string.Join(", ", zones.Values.Select(z => z.Apex))}");
            Add(zone, first, group);
        }

        foreach (Row row in rows)
        {
            Check(set.Of(row.Owner)!, row);
        }

        foreach (Zone zone in zones.Values)
        {
            if (zone.Find(zone.Apex, RecordType.Ns).Kind != LookupKind.Found)
            {
                throw new ZoneException(rows.First(r => r.Type == RecordType.Soa && r.Owner.Equals(zone.Apex)).Line, $"{zone.Apex} has no NS record, and a zone needs one");
            }
        }

        return set;
    }

    private static void Add(Zone zone, Row first, IEnumerable<Row> group)
    {
        if (group.FirstOrDefault(r => r.Ttl != first.Ttl) is { Owner: not null } other)
        {
            throw new ZoneException(other.Line, $"{first.Owner} {RecordType.NameOf(first.Type)}: lifetimes {first.Ttl} and {other.Ttl}, and records of one name and type have one (RFC 2181, 5.2)");
        }

        // The same record twice is one (RFC 2181, 5).
        List<byte[]> data = [];
        foreach (Row row in group.Where(r => !data.Any(d => d.AsSpan().SequenceEqual(r.Data))))
        {
            data.Add(row.Data);
        }

        if (data.Sum(d => d.Length + DomainName.MaxLength) > MaxSet && data.Sum(d => d.Length + 12) > MaxSet)
        {
            throw new ZoneException(first.Line, $"{first.Owner} {RecordType.NameOf(first.Type)}: {data.Sum(d => d.Length + 12)} octets, and an answer has room for {MaxSet}");
        }

        if (first.Type == RecordType.Cname && data.Count > 1)
        {
            throw new ZoneException(group.Last().Line, $"{first.Owner} has several CNAME records, and may have one (RFC 2181, 10.1)");
        }

        zone.Add(new RecordSet(first.Owner, first.Type, first.Ttl, data));
    }

    private static void Check(Zone zone, Row row)
    {
        if (row.Type != RecordType.Cname && zone.Has(row.Owner, RecordType.Cname))
        {
            throw new ZoneException(row.Line, $"{row.Owner} has a CNAME, and then nothing else (RFC 1034, 3.6.2)");
        }
    }

    private static IEnumerable<Row> Rows(string text)
    {
        DomainName origin = DomainName.Root;
        DomainName? owner = null;
        uint? fallback = null;
        uint? last = null;
        foreach (ZoneEntry entry in ZoneLexer.Read(text))
        {
            IReadOnlyList<ZoneWord> words = entry.Words;
            if (!entry.IsIndented && words[0] is { IsQuoted: false, Text: ['$', ..] directive })
            {
                Direct(entry, directive.ToUpperInvariant(), ref origin, ref fallback);
                continue;
            }

            int at = 0;
            if (!entry.IsIndented)
            {
                owner = Name(entry, words[at++].Text, origin);
            }

            if (owner is null)
            {
                throw new ZoneException(entry.Line, "the first record has no name");
            }

            uint? ttl = ReadTtlAndClass(entry, ref at);
            if (at == words.Count || RecordType.Parse(words[at].Text) is not { } type || RecordType.IsMeta(type))
            {
                throw new ZoneException(entry.Line, at == words.Count ? $"{owner} has no type" : $"'{words[at].Text}' is no type of record");
            }

            if (RecordData.Read(type, [.. words.Skip(at + 1)], origin, out byte[] data) is { } error)
            {
                throw new ZoneException(entry.Line, $"{owner} {RecordType.NameOf(type)}: {error}");
            }

            // RFC 1035, 5.1: without a lifetime that of the record before; before there is one, an SOA says it as its minimum (RFC 1912, 2.2).
            last = ttl ?? fallback ?? last ?? (type == RecordType.Soa ? Zone.MinimumOf(data) : throw new ZoneException(entry.Line, $"{owner} has no lifetime, and no $TTL stands above"));
            yield return new Row(entry.Line, owner, type, last.Value, data);
        }
    }

    private static void Direct(ZoneEntry entry, string directive, ref DomainName origin, ref uint? fallback)
    {
        IReadOnlyList<ZoneWord> words = entry.Words;
        if (directive is not ("$ORIGIN" or "$TTL"))
        {
            throw new ZoneException(entry.Line, $"'{words[0].Text}': the directives are $ORIGIN and $TTL");
        }

        if (words.Count != 2)
        {
            throw new ZoneException(entry.Line, $"{directive} is followed by one word");
        }

        if (directive == "$ORIGIN")
        {
            origin = Name(entry, words[1].Text, origin);
        }
        else
        {
            fallback = RecordData.ReadTime(words[1].Text) ?? throw new ZoneException(entry.Line, $"'{words[1].Text}' is no lifetime: seconds, or such as 1h30m");
        }
    }

    // [TTL] [class] or [class] [TTL].
    private static uint? ReadTtlAndClass(ZoneEntry entry, ref int at)
    {
        uint? ttl = null;
        bool hasClass = false;
        while (at < entry.Words.Count)
        {
            string word = entry.Words[at].Text;
            if (!hasClass && word.ToUpperInvariant() is "IN" or "CH" or "HS" or "CS")
            {
                hasClass = word.Equals("IN", StringComparison.OrdinalIgnoreCase) ? true : throw new ZoneException(entry.Line, $"class {word}: only IN is served");
            }
            else if (ttl is null && word.Length > 0 && char.IsAsciiDigit(word[0]))
            {
                ttl = RecordData.ReadTime(word) ?? throw new ZoneException(entry.Line, $"'{word}' is no lifetime: 0 to 2147483647 seconds, or such as 1h30m");
            }
            else
            {
                break;
            }

            at++;
        }

        return ttl;
    }

    private static DomainName Name(ZoneEntry entry, string text, DomainName origin) =>
        DomainName.TryParse(text, origin, out DomainName name, out string? error) ? name : throw new ZoneException(entry.Line, string.Create(CultureInfo.InvariantCulture, $"'{text}': {error}"));

    private readonly record struct Row(int Line, DomainName Owner, ushort Type, uint Ttl, byte[] Data);
}
