using System.Globalization;

namespace NetLab.Host.Names;

/// <summary>What became of a question, by number (RFC 1035, 4.1.1; RFC 6895, 2.3).</summary>
internal static class ResponseCode
{
    public const int NoError = 0;
    public const int FormatError = 1;
    public const int NameError = 3;
    public const int NotImplemented = 4;
    public const int Refused = 5;

    /// <summary>A version of EDNS that is not known (RFC 6891, 6.1.3); its upper bits stand in OPT.</summary>
    public const int BadVersion = 16;

    private static readonly string[] Names = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

    /// <summary>The name of a number, as dig has it.</summary>
    public static string NameOf(int code) => code < Names.Length ? Names[code] : code == BadVersion ? "BADVERS" : string.Create(CultureInfo.InvariantCulture, $"RCODE{code}");
}
