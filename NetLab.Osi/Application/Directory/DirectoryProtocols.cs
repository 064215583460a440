using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Directory;

/// <summary>The rows of directories.</summary>
internal static class DirectoryProtocols
{
    public static ProtocolReference[] Rows =>
    [
        new("ldap", "tcp.port==389,3268", static () => LdapProtocol.Value),
        new("cldap", "udp.port==389", static () => LdapProtocol.Connectionless),
    ];
}
