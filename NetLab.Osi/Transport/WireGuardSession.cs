using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>A session of WireGuard: what one handshake agreed.</summary>
/// <param name="number">Its number in the capture, from 0.</param>
internal sealed class WireGuardSession(int number) : LayerFacts
{
    public int Number { get; } = number;
}
