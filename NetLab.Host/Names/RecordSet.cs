namespace NetLab.Host.Names;

/// <summary>The records of one name and type; they have one lifetime (RFC 2181, 5).</summary>
/// <param name="Owner">The name.</param>
/// <param name="Type">The type.</param>
/// <param name="Ttl">The lifetime in seconds, 0 to 2³¹ − 1.</param>
/// <param name="Data">What each says, as on the wire, names in it uncompressed; at least one.</param>
internal sealed record RecordSet(DomainName Owner, ushort Type, uint Ttl, IReadOnlyList<byte[]> Data)
{
    /// <summary>The names of hosts that its records point to, whose addresses go along (RFC 1034, 4.3.2 step 6; RFC 2782).</summary>
    public IEnumerable<DomainName> Targets => Type switch
    {
        RecordType.Ns => Data.Select(d => new DomainName(d)),
        RecordType.Mx => Data.Select(d => new DomainName(d[2..])),
        RecordType.Srv => Data.Select(d => new DomainName(d[6..])),
        _ => [],
    };
}
