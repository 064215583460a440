using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.RemoteCalls;

/// <summary>The rows of remote procedure calls.</summary>
internal static class RemoteCallProtocols
{
    public static ProtocolReference[] Rows =>
    [
        new("dcerpc", "tcp.port==135 tcp", static () => DceRpcProtocol.Value, DceRpcProtocol.Begins),
        new("dcerpc", "udp", static () => DceRpcProtocol.Value, DceRpcProtocol.BeginsDatagram),
        new("rpc", "udp.port==111,2049 udp", static () => RpcProtocol.Value, RpcProtocol.Begins),
        new("rpc", "tcp.port==111,2049 tcp", static () => RpcProtocol.Value, RpcProtocol.BeginsStream),
        new("portmap", "", static () => PortmapProtocol.Value),
        new("mount", "", static () => MountProtocol.Value),
        new("nfs", "", static () => NfsProtocol.Value),
    ];
}
