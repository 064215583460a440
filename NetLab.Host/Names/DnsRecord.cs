namespace NetLab.Host.Names;

/// <summary>A record in a message (RFC 1035, 4.1.3).</summary>
/// <param name="Owner">The name.</param>
/// <param name="Type">The type.</param>
/// <param name="Class">The class; of OPT, how many octets who sent it takes (RFC 6891, 6.1.2).</param>
/// <param name="Ttl">The lifetime in seconds; of OPT, more of the response code, the version and flags.</param>
/// <param name="DataAt">Where its data begin.</param>
/// <param name="DataLength">Their length.</param>
internal readonly record struct DnsRecord(DomainName Owner, ushort Type, ushort Class, uint Ttl, int DataAt, int DataLength);
