namespace NetLab.Osi.Presentation;

/// <summary>Numbers of TLS (RFC 8446; IANA, TLS parameters).</summary>
internal static class TlsNumbers
{
    public const int ChangeCipherSpec = 20;
    public const int Alert = 21;
    public const int Handshake = 22;
    public const int ApplicationData = 23;

    public const int ClientHello = 1;
    public const int ServerHello = 2;
    public const int EncryptedExtensions = 8;

    public const int ServerName = 0;
    public const int SupportedGroups = 10;
    public const int PointFormats = 11;
    public const int UseSrtp = 14;
    public const int Alpn = 16;
    public const int PreSharedKey = 41;
    public const int SupportedVersions = 43;

    /// <summary>Where in either hello the random ends: version and 32 bytes (RFC 8446, 4.1.2).</summary>
    public const int RandomEnd = 34;

    public const int Tls12 = 0x0303;
    public const int Tls13 = 0x0304;

    /// <summary>Whether a version is TLS 1.3, or a draft of it (0x7F and the draft's number; Facebook's have 0xFB and the number).</summary>
    public static bool IsVersion13(int version) => version == Tls13 || version >> 8 is 0x7F or 0xFB;

    public static string? ContentName(int type) => type switch
    {
        ChangeCipherSpec => "change cipher spec",
        Alert => "alert",
        Handshake => "handshake",
        ApplicationData => "application data",
        24 => "heartbeat",
        25 => "connection identifier",
        _ => null,
    };

    public static string? VersionName(int version) => version switch
    {
        0x0002 => "SSL 2.0",
        0x0300 => "SSL 3.0",
        0x0301 => "TLS 1.0",
        0x0302 => "TLS 1.1",
        Tls12 => "TLS 1.2",
        Tls13 => "TLS 1.3",
        0xFEFF => "DTLS 1.0",
        0xFEFD => "DTLS 1.2",
        0xFEFC => "DTLS 1.3",
        >= 0x7F00 and <= 0x7FFF => $"TLS 1.3 (draft {version & 0xFF})",
        _ => null,
    };
}
