using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.RemoteCalls;

/// <summary>Which procedure a call or a reply of ONC RPC is of.</summary>
/// <param name="isReply">Whether it is a reply.</param>
/// <param name="program">The program.</param>
/// <param name="version">Its version.</param>
/// <param name="procedure">The procedure.</param>
internal sealed class RpcFacts(bool isReply, uint program, uint version, uint procedure) : LayerFacts
{
    public bool IsReply { get; } = isReply;

    public uint Program { get; } = program;

    public uint Version { get; } = version;

    public uint Procedure { get; } = procedure;
}
