using System.Net;

namespace NetLab.Osi.Application;

/// <summary>A resource record of a DNS message (RFC 1035, 4.1.3).</summary>
/// <param name="Name">The name that it is about, without its final dot; "." for the root.</param>
/// <param name="Type">Its type (IANA, Resource Record TYPEs): 1 for A, 28 for AAAA.</param>
/// <param name="Class">Its class, 1 for the Internet; in mDNS without the bit that flushes caches (RFC 6762, 10.2).</param>
/// <param name="TimeToLive">For how many seconds it may be kept, 0 to 2^32 - 1; flags in an OPT record (RFC 6891, 6.1.3).</param>
/// <param name="Data">Its data as they stand in the message; names in them may point into the message, see <paramref name="Target"/>.</param>
/// <param name="Target">The name that the data of NS, CNAME, PTR, MX and SRV hold; null in others.</param>
public sealed record DnsRecord(string Name, int Type, int Class, long TimeToLive, ReadOnlyMemory<byte> Data, string? Target)
{
    /// <summary>The address that the data of A and AAAA are; null in others.</summary>
    public IPAddress? Address => (Type, Data.Length) is (DnsTypes.Address, 4) or (DnsTypes.Address6, 16) ? new IPAddress(Data.Span) : null;
}
