namespace NetLab.Host.Names;

/// <summary>What an OPT record says (RFC 6891, 6.1).</summary>
/// <param name="Size">The largest datagram that who sent it takes.</param>
/// <param name="Version">Its version; 0 is the only one there is.</param>
/// <param name="IsSecure">DO: records of DNSSEC are wanted; repeated (RFC 4035, 3).</param>
internal readonly record struct Edns(int Size, int Version, bool IsSecure)
{
    /// <summary>The length of an OPT record without options.</summary>
    public const int Length = 11;

    /// <summary>The least size there is: what takes less is taken to take this (RFC 6891, 6.2.3).</summary>
    public const int MinSize = 512;

    /// <summary>The most that is sent: it fits IPv6's least MTU, so that no datagram is fragmented (RFC 9715, 3.1).</summary>
    public const int MaxSize = 1232;

    /// <summary>Reads one.</summary>
    public static Edns Of(in DnsRecord opt) => new(Math.Max(MinSize, (int)opt.Class), (int)((opt.Ttl >> 16) & 0xFF), (opt.Ttl & 0x8000) != 0);
}
