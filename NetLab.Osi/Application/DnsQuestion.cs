namespace NetLab.Osi.Application;

/// <summary>A question of a DNS message (RFC 1035, 4.1.2).</summary>
/// <param name="Name">The name asked for, without its final dot; "." for the root.</param>
/// <param name="Type">The type asked for (IANA, Resource Record TYPEs): 1 for A, 28 for AAAA.</param>
/// <param name="Class">The class asked for, 1 for the Internet; in mDNS without the bit that asks for a unicast response (RFC 6762, 5.4).</param>
public sealed record DnsQuestion(string Name, int Type, int Class);
