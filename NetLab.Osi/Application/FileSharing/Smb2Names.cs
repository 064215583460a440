namespace NetLab.Osi.Application.FileSharing;

/// <summary>Names of SMB 2's numbers; null for those without one.</summary>
internal static class Smb2Names
{
    /// <summary>The status of a request whose response comes later.</summary>
    public const uint Pending = 0x103;

    /// <summary>The status of a session's setup that goes on.</summary>
    public const uint MoreProcessing = 0xC0000016;

    /// <summary>A command ([MS-SMB2], 2.2.1).</summary>
    public static string? Command(int command) => command switch
    {
        0 => "negotiate",
        1 => "session setup",
        2 => "logoff",
        3 => "tree connect",
        4 => "tree disconnect",
        5 => "create",
        6 => "close",
        7 => "flush",
        8 => "read",
        9 => "write",
        10 => "lock",
        11 => "ioctl",
        12 => "cancel",
        13 => "echo",
        14 => "query directory",
        15 => "change notify",
        16 => "query info",
        17 => "set info",
        18 => "oplock break",
        _ => null,
    };

    /// <summary>A status ([MS-ERREF], 2.3.1).</summary>
    public static string? Status(uint status) => status switch
    {
        0 => "success",
        Pending => "pending",
        0x80000005 => "buffer overflow",
        0x80000006 => "no more files",
        0xC000000F => "no such file",
        MoreProcessing => "more processing required",
        0xC0000022 => "access denied",
        0xC0000034 => "object name not found",
        0xC0000035 => "object name collision",
        0xC000006D => "logon failure",
        0xC00000BB => "not supported",
        0xC0000128 => "file closed",
        _ => null,
    };
}
