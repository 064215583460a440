using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Carriers;

/// <summary>A packet of which parts have come. No two of its pieces overlap.</summary>
/// <param name="deadline">When it is given up.</param>
internal sealed class PartialPacket(Instant deadline)
{
    // A full packet through the least MTU of X.25 (RFC 1356) has fewer.
    private const int MaxPieces = 256;

    private readonly List<(int Start, byte[] Bytes)> _pieces = [];
    private int _total = -1;
    private int _received;
    private int _ecnSeen;

    /// <summary>When it is given up.</summary>
    public Instant Deadline => deadline;

    /// <summary>Whether nothing more is taken of it: what has come contradicts itself (RFC 5722, 4). It stays until its time is over, so that what is still under way begins no new one.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Bytes of memory that it is charged with.</summary>
    public int Cost { get; private set; } = PieceCost;

    /// <summary>What a piece costs besides its bytes.</summary>
    public const int PieceCost = 64;

    /// <summary>The header of the first part; empty before that has come.</summary>
    public byte[] Header { get; private set; } = [];

    /// <summary>What the payload is, as the first part says, by IANA's number.</summary>
    public byte Protocol { get; private set; }

    /// <summary>Of IPv6, where in the header that number goes.</summary>
    public int NextHeaderAt { get; private set; }

    /// <summary>The beginning of the first part, as a report to its sender quotes it; empty before that has come.</summary>
    public byte[] Quote { get; private set; } = [];

    /// <summary>Bytes of its payload, once all are there.</summary>
    public int? Length => !IsRefused && _received == _total ? _total : null;

    /// <summary>The ECN field of the whole (RFC 3168, 5.3): congestion met by any part was met; null if the parts contradict each other.</summary>
    public EcnCodepoint? Ecn
    {
        get
        {
            bool isMarked = Has(EcnCodepoint.Ce);
            return isMarked && Has(EcnCodepoint.NotEct) ? null
                : isMarked ? EcnCodepoint.Ce
                : Has(EcnCodepoint.NotEct) ? EcnCodepoint.NotEct
                : Has(EcnCodepoint.Ect1) ? EcnCodepoint.Ect1 : EcnCodepoint.Ect0;
        }
    }

    /// <summary>Adds a part whose length is in order.</summary>
    /// <returns>Whether it told something: not one that was there already, byte for byte.</returns>
    public bool Add(ReadOnlySpan<byte> packet, in IpDatagram fragment, int quoteLength)
    {
        FragmentPart part = fragment.Part;
        ReadOnlySpan<byte> payload = fragment.Payload;
        int end = part.Offset + payload.Length;
        int at = 0;
        while (at < _pieces.Count && _pieces[at].Start < part.Offset)
        {
            at++;
        }

        if (at < _pieces.Count && _pieces[at].Start == part.Offset && part.HasMore != (end == _total) && _pieces[at].Bytes.AsSpan().SequenceEqual(payload))
        {
            // RFC 8200, 4.5: one that the network has doubled.
            return false;
        }

        bool overlaps = (at > 0 && _pieces[at - 1].Start + _pieces[at - 1].Bytes.Length > part.Offset) || (at < _pieces.Count && _pieces[at].Start < end);
        int last = _pieces.Count == 0 ? 0 : _pieces[^1].Start + _pieces[^1].Bytes.Length;
        bool lies = part.HasMore ? _total >= 0 && end >= _total : (_total >= 0 && _total != end) || last > end;
        if (overlaps || lies || _pieces.Count == MaxPieces)
        {
            Refuse();
            return true;
        }

        _pieces.Insert(at, (part.Offset, payload.ToArray()));
        _received += payload.Length;
        _ecnSeen |= 1 << (int)fragment.Ecn;
        Cost += PieceCost + payload.Length;
        _total = part.HasMore ? _total : end;
        if (part.Offset == 0)
        {
            (Header, Quote) = (packet[..part.HeaderLength].ToArray(), packet[..quoteLength].ToArray());
            (Protocol, NextHeaderAt) = (fragment.Protocol, part.NextHeaderAt);
            Cost += part.HeaderLength + quoteLength;
        }

        return true;
    }

    /// <summary>Writes its payload, all of which is there.</summary>
    public void CopyTo(Span<byte> payload)
    {
        foreach ((int start, byte[] bytes) in _pieces)
        {
            bytes.CopyTo(payload[start..]);
        }
    }

    /// <summary>Forgets its pieces, and takes no more.</summary>
    public void Refuse()
    {
        IsRefused = true;
        _pieces.Clear();
        (Header, Quote, Cost) = ([], [], PieceCost);
    }

    private bool Has(EcnCodepoint ecn) => (_ecnSeen & (1 << (int)ecn)) != 0;
}
