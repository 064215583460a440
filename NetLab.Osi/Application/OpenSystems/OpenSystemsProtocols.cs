using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.OpenSystems;

/// <summary>The rows of protocols on ISO transport.</summary>
internal static class OpenSystemsProtocols
{
    public static ProtocolReference[] Rows =>
    [
        new("tpkt", "tcp.port==102,1720,3389 tcp", static () => TpktProtocol.Value, TpktProtocol.Begins),
        new("cotp", "", static () => CotpProtocol.Value),
        new("rdp", "", static () => RdpNegotiation.Value),
        new("s7comm", "", static () => S7Protocol.Value),
        new("ses", "", static () => OsiSessionProtocol.Value),
        new("pres", "", static () => OsiPresentationProtocol.Value),
        new("acse", "", static () => AcseProtocol.Value),
        new("mms", "", static () => MmsProtocol.Value),
    ];
}
