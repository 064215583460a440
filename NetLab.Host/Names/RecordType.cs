using System.Globalization;

namespace NetLab.Host.Names;

/// <summary>Types of resource records by number (RFC 1035, 3.2.2; those without a name here as TYPE and the number, RFC 3597, 5).</summary>
internal static class RecordType
{
    public const ushort A = 1;
    public const ushort Ns = 2;
    public const ushort Cname = 5;
    public const ushort Soa = 6;
    public const ushort Ptr = 12;
    public const ushort Mx = 15;
    public const ushort Txt = 16;
    public const ushort Aaaa = 28;
    public const ushort Srv = 33;

    /// <summary>The pseudo-record of EDNS (RFC 6891, 6.1).</summary>
    public const ushort Opt = 41;

    /// <summary>What a delegation's parent says of it, and the child does not (RFC 4034, 5).</summary>
    public const ushort Ds = 43;

    /// <summary>Incremental and whole transfer of a zone.</summary>
    public const ushort Ixfr = 251;
    public const ushort Axfr = 252;

    /// <summary>Whatever there is (RFC 8482).</summary>
    public const ushort Any = 255;

    private static readonly (ushort Number, string Name)[] Names =
    [
        (A, "A"), (Ns, "NS"), (Cname, "CNAME"), (Soa, "SOA"), (Ptr, "PTR"), (Mx, "MX"), (Txt, "TXT"), (Aaaa, "AAAA"), (Srv, "SRV"), (Opt, "OPT"), (Ds, "DS"),
        (Ixfr, "IXFR"), (Axfr, "AXFR"), (Any, "ANY"),
    ];

    /// <summary>Whether the number asks for something, and no record has it: OPT, and those from TKEY to ANY (RFC 6895, 3.1).</summary>
    public static bool IsMeta(ushort type) => type is 0 or Opt or (>= 128 and <= Any);

    /// <summary>The number of a name such as AAAA or TYPE257; null if it is none.</summary>
    public static ushort? Parse(string text)
    {
        foreach ((ushort number, string name) in Names)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return number;
            }
        }

        return text.StartsWith("TYPE", StringComparison.OrdinalIgnoreCase) && ushort.TryParse(text.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out ushort other) ? other : null;
    }

    /// <summary>The name of a number.</summary>
    public static string NameOf(ushort type) => Names.FirstOrDefault(n => n.Number == type).Name ?? string.Create(CultureInfo.InvariantCulture, $"TYPE{type}");
}
