using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Security;

/// <summary>The rows of protocols that say who somebody is.</summary>
internal static class SecurityProtocols
{
    public static ProtocolReference[] Rows =>
    [
        new("kerberos", "tcp.port==88 udp.port==88", static () => KerberosProtocol.Value),
        new("spnego_krb5", "", static () => KerberosProtocol.InToken, filters: "spnego-krb5"),
        new("gss_api", "", static () => GssApiProtocol.Value, filters: "gss-api"),
        new("spnego", "", static () => GssApiProtocol.Spnego),
        new("ntlmssp", "", static () => NtlmProtocol.Value),
    ];
}
