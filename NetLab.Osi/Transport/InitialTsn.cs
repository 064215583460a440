using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>The first transmission sequence number of a direction of an SCTP association.</summary>
/// <param name="number">The number.</param>
internal sealed class InitialTsn(uint number) : LayerFacts
{
    public uint Number { get; } = number;
}
