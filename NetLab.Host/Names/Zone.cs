using System.Buffers.Binary;

namespace NetLab.Host.Names;

/// <summary>What an authority knows below a name, up to where it hands on (RFC 1034, 4.2). Read by several threads once it is filled.</summary>
/// <param name="apex">The name.</param>
internal sealed class Zone(DomainName apex)
{
    private static readonly IReadOnlyDictionary<ushort, RecordSet> Nothing = new Dictionary<ushort, RecordSet>();

    // With the names between a record and the apex, which exist although they have no records (RFC 8020, 2; RFC 4592, 2.2.2).
    private readonly Dictionary<string, Dictionary<ushort, RecordSet>> _names = [];

    /// <summary>The name.</summary>
    public DomainName Apex => apex;

    /// <summary>The SOA as it goes along with a denial: it lives as long as the denial may (RFC 2308, 3).</summary>
    public RecordSet Denial => _names[apex.Key][RecordType.Soa] is { } soa ? soa with { Ttl = Math.Min(soa.Ttl, MinimumOf(soa.Data[0])) } : throw new InvalidOperationException();

    /// <summary>The last field of an SOA: how long a denial lives.</summary>
    public static uint MinimumOf(ReadOnlySpan<byte> soa) => BinaryPrimitives.ReadUInt32BigEndian(soa[^4..]);

    /// <summary>Adds the records of a name and type; the name is within the apex.</summary>
    public void Add(RecordSet set)
    {
        for (DomainName name = set.Owner; name.Key.Length > apex.Key.Length; name = name.Parent)
        {
            _names.TryAdd(name.Key, []);
        }

        _names.TryAdd(apex.Key, []);
        _names[set.Owner.Key].Add(set.Type, set);
    }

    /// <summary>Whether a name has records of a type.</summary>
    public bool Has(DomainName name, ushort type) => At(name).ContainsKey(type);

    /// <summary>Looks a name up.</summary>
    /// <param name="name">The name, within the apex.</param>
    /// <param name="type">The type; <see cref="RecordType.Any"/> for one of those there are.</param>
    public Lookup Find(DomainName name, ushort type)
    {
        if (CutAbove(name, type) is { } cut)
        {
            return new Lookup(LookupKind.Delegation, cut);
        }

        if (_names.TryGetValue(name.Key, out Dictionary<ushort, RecordSet>? sets))
        {
            return In(sets, type, name);
        }

        // RFC 4592, 3.3.1: the asterisk below the closest encloser, and no other.
        DomainName encloser = name.Parent;
        while (!_names.ContainsKey(encloser.Key))
        {
            encloser = encloser.Parent;
        }

        return encloser.Prepend("*"u8) is { } asterisk && _names.TryGetValue(asterisk.Key, out Dictionary<ushort, RecordSet>? wild)
            ? In(wild, type, name)
            : new Lookup(LookupKind.NoName, null);
    }

    /// <summary>The addresses of a host as far as the zone knows them, glue below a cut included.</summary>
    public IEnumerable<RecordSet> AddressesOf(DomainName host)
    {
        IReadOnlyDictionary<ushort, RecordSet> sets = At(host);
        return new[] { RecordType.A, RecordType.Aaaa }.Where(sets.ContainsKey).Select(t => sets[t]);
    }

    private IReadOnlyDictionary<ushort, RecordSet> At(DomainName name) => _names.TryGetValue(name.Key, out Dictionary<ushort, RecordSet>? sets) ? sets : Nothing;

    private static Lookup In(Dictionary<ushort, RecordSet> sets, ushort type, DomainName asked)
    {
        RecordSet? found = type == RecordType.Any ? sets.OrderBy(s => s.Key).Select(s => s.Value).FirstOrDefault() : sets.GetValueOrDefault(type);
        LookupKind kind = found is not null ? LookupKind.Found : LookupKind.NoData;
        if (found is null && sets.TryGetValue(RecordType.Cname, out found))
        {
            kind = LookupKind.Alias;
        }

        // What an asterisk stands for is of the name that was asked for.
        return new Lookup(kind, found is null ? null : found with { Owner = asked });
    }

    // The highest name below the apex that is handed on. Of the cut itself the parent answers for DS (RFC 4035, 3.1.4.1).
    private RecordSet? CutAbove(DomainName name, ushort type)
    {
        RecordSet? highest = null;
        for (DomainName at = name; at.Key.Length > apex.Key.Length; at = at.Parent)
        {
            if (!(type == RecordType.Ds && at.Equals(name)) && At(at).TryGetValue(RecordType.Ns, out RecordSet? cut))
            {
                highest = cut;
            }
        }

        return highest;
    }
}
