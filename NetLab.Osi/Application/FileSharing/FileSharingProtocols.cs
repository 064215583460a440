using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.FileSharing;

/// <summary>The rows of file sharing.</summary>
internal static class FileSharingProtocols
{
    public static ProtocolReference[] Rows =>
    [
        new("nbns", "udp.port==137", static () => NbnsProtocol.Value),
        new("nbdgm", "udp.port==138", static () => NbdgmProtocol.Value),
        new("nbss", "tcp.port==139,445 tcp", static () => NbssProtocol.Value, NbssProtocol.Begins),
        new("smb", "", static () => SmbProtocol.Value),
        new("smb2", "", static () => Smb2Protocol.Value),
    ];
}
