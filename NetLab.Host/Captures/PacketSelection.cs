using NetLab.Osi.Captures;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Captures;

/// <summary>Which packets of a capture are shown; all of them are decoded, for streams need every segment.</summary>
/// <param name="Filter">What they must match, or null.</param>
/// <param name="Numbers">Their numbers, or null for any.</param>
/// <param name="From">The earliest moment, or null.</param>
/// <param name="To">The latest moment, or null.</param>
/// <param name="Shard">The share of the conversations, or null for all.</param>
/// <param name="Offset">Where in its file the only packet begins, or null for any.</param>
internal sealed record PacketSelection(DisplayFilter? Filter, IReadOnlyList<(long First, long Last)>? Numbers, Moment? From, Moment? To, Shard? Shard = null, long? Offset = null)
{
    private long? _first;

    /// <summary>Whether every packet is shown.</summary>
    public bool IsAll => IsWhole && Shard is null;

    /// <summary>Whether every packet of the conversations that are shown is.</summary>
    public bool IsWhole => Filter is null && Numbers is null && From is null && To is null && Offset is null;

    /// <summary>The highest number that may be shown; null if there is none.</summary>
    public long? Last => Numbers?.Max(n => n.Last);

    /// <summary>Whether a packet is shown.</summary>
    public bool Includes(in CapturedPacket packet, DecodedPacket decoded)
    {
        _first ??= packet.Time;
        if (Numbers is not null && !HasNumber(packet.Number))
        {
            return false;
        }

        if ((From is { } from && !(packet.Time >= from.At(_first))) || (To is { } to && !(packet.Time <= to.At(_first))))
        {
            return false;
        }

        if ((Offset is { } offset && packet.OffsetInFile != offset) || Shard?.Includes(packet, decoded) == false)
        {
            return false;
        }

        return Filter?.Matches(decoded, packet.Bytes) ?? true;
    }

    private bool HasNumber(long number)
    {
        foreach ((long first, long last) in Numbers!)
        {
            if (number >= first && number <= last)
            {
                return true;
            }
        }

        return false;
    }
}
