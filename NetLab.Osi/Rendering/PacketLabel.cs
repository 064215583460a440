using NetLab.Osi.Protocols;

namespace NetLab.Osi.Rendering;

/// <summary>What a packet of a conversation is, in a few words: its segment, and the message it completes.</summary>
public sealed class PacketLabel
{
    private readonly PacketSummary _summary = new();

    /// <summary>The words.</summary>
    /// <param name="packet">The packet just decoded.</param>
    /// <param name="bytes">Its bytes.</param>
    public string Of(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(packet);
        return _summary.About(packet, bytes);
    }

    /// <summary>Who sent it to whom, with ports.</summary>
    /// <param name="packet">The packet just decoded.</param>
    /// <param name="bytes">Its bytes.</param>
    public (string From, string To) Ends(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(packet);
        string[] ends = _summary.Ends(packet, bytes).Split(" → ");
        return (ends[0], ends[^1]);
    }
}
