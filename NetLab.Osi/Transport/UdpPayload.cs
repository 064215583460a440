using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>What a UDP datagram carries: said by the caller's registrations, by its conversation, by its ports (IANA), or by how it begins.</summary>
internal static class UdpPayload
{
    /// <summary>Takes a datagram's payload apart.</summary>
    /// <param name="dissection">The packet, in its conversation.</param>
    /// <param name="source">Source port.</param>
    /// <param name="destination">Destination port.</param>
    /// <param name="offset">Where the payload begins.</param>
    /// <param name="end">Where its captured bytes end.</param>
    public static void Dissect(in Dissection dissection, int source, int destination, int offset, int end)
    {
        if (offset >= end)
        {
            return;
        }

        if (dissection.Conversation?.Application is { } application && application.Dissect(dissection, offset, end))
        {
            return;
        }

        if (dissection.TryNext(NumberTable.UdpPort, destination, offset, end) || dissection.TryNext(NumberTable.UdpPort, source, offset, end))
        {
            return;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        foreach (ProtocolReference reference in dissection.Registry.UdpHeuristics)
        {
            if (reference.Begins!(bytes) && reference.Protocol.Dissect(dissection, offset, end))
            {
                return;
            }
        }

        if (dissection.Conversation?.Beside is { } beside && beside.Dissect(dissection, offset, end))
        {
            return;
        }

        if ((dissection.Conversation is not null || dissection.IsQuoted) && dissection.Result.Undecided < 0)
        {
            dissection.Result.Undecided = dissection.Result.Count;
        }

        dissection.Data(OsiLayer.Application, offset, end);
    }

    /// <summary>What the caller said that a port carries, which goes before what bytes say; null if nothing was said.</summary>
    public static ProtocolReference? ChosenBy(ProtocolRegistry registry, int source, int destination) =>
        !registry.HasOwnPorts ? null
        : registry.Find(NumberTable.UdpPort, destination)?.Reference is { IsOwn: true } to ? to
        : registry.Find(NumberTable.UdpPort, source)?.Reference is { IsOwn: true } from ? from
        : null;
}
