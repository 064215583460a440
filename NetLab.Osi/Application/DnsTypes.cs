namespace NetLab.Osi.Application;

/// <summary>Types of resource records whose data are read (IANA, Resource Record TYPEs).</summary>
internal static class DnsTypes
{
    public const int Address = 1;
    public const int NameServer = 2;
    public const int CanonicalName = 5;
    public const int Pointer = 12;
    public const int MailExchange = 15;
    public const int Text = 16;
    public const int Address6 = 28;
    public const int Service = 33;
    public const int Options = 41;
    public const int NextSecure = 47;
    public const int NextSecure3 = 50;

    /// <summary>RFC 6762, 5.4 and 10.2: in mDNS the top bit of a class has a meaning of its own.</summary>
    public const int ClassMask = 0x7FFF;

    /// <summary>Where in a record's data the name stands that they hold; -1 if they hold none alone or last.</summary>
    public static int NameAt(int type) => type switch
    {
        NameServer or CanonicalName or Pointer => 0,
        MailExchange => 2,              // behind a preference
        Service => 6,                   // behind priority, weight and port
        _ => -1,
    };

    public static string? NameOf(int type) => type switch
    {
        Address => "A",
        NameServer => "NS",
        CanonicalName => "CNAME",
        6 => "SOA",
        Pointer => "PTR",
        MailExchange => "MX",
        Text => "TXT",
        Address6 => "AAAA",
        Service => "SRV",
        Options => "OPT",
        43 => "DS",
        46 => "RRSIG",
        NextSecure => "NSEC",
        NextSecure3 => "NSEC3",
        48 => "DNSKEY",
        64 => "SVCB",
        65 => "HTTPS",
        252 => "AXFR",
        255 => "ANY",
        _ => null,
    };
}
