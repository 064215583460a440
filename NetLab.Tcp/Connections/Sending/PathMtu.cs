using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Counters;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Sending;

/// <summary>
/// How large segments are: the MSS agreed on, or what the search for the path's MTU has found (RFC 4821, RFC 8899). Knows how large a probe
/// is now, what its arrival or loss says, and when the path carries large segments no more.
/// </summary>
/// <param name="sent">The scoreboard, which says what of which size arrived or was lost.</param>
/// <param name="statistics">Counts probes and black holes.</param>
/// <param name="segmentSize">The MSS before the handshake.</param>
internal sealed class PathMtu(SentSegments sent, ConnectionStatistics statistics, int segmentSize)
{
    // Segments that have to follow a probe, so that its loss is found by what comes after it and not by a timer (RFC 4821, 7.2).
    private const int SegmentsBehindProbe = 4;

    private MtuSearch? _search;
    private (long Start, long End) _probe;

    /// <summary>The MSS in force: payload and options of a full segment, in bytes.</summary>
    public int SegmentSize { get; private set; } = segmentSize;

    /// <summary>Bytes of options in every data segment, which the MSS has to leave room for (RFC 6691).</summary>
    public int FixedOptionBytes { get; set; }

    /// <summary>Bytes of payload of a full segment.</summary>
    public int PayloadLimit => Math.Max(1, SegmentSize - FixedOptionBytes);

    /// <summary>The MSS has been agreed on.</summary>
    /// <param name="agreed">The MSS in bytes.</param>
    /// <param name="isSearched">Whether the path's MTU is searched for, from a size that any path carries up to this one.</param>
    public void Begin(int agreed, bool isSearched)
    {
        SegmentSize = agreed;
        if (isSearched && agreed > MtuSearch.BaseSize)
        {
            _search = new MtuSearch(agreed);
            SegmentSize = _search.Current;
            sent.LongerThan = PayloadLimit;
        }
    }

    /// <summary>How much of what waits should go in one segment larger than is known to arrive; 0 for nothing.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="available">Bytes that wait: there has to be enough for the probe and what follows it.</param>
    /// <param name="window">Bytes that may be outstanding.</param>
    public int ProbeLength(Instant now, long available, long window)
    {
        if (_search is null || _search.SizeToTry(now) is not (> 0 and var size))
        {
            return 0;
        }

        int length = size - FixedOptionBytes;
        int wanted = length + (SegmentsBehindProbe * PayloadLimit);
        return available >= wanted && window >= wanted ? length : 0;
    }

    /// <summary>A probe was sent.</summary>
    public void OnProbeSent(long start, long end)
    {
        _search!.OnProbeSent();
        statistics.MtuProbes++;
        _probe = (start, end);
    }

    /// <summary>An acknowledgment has been taken: learns from what of which size has arrived.</summary>
    /// <returns>Whether segments have another size from now on.</returns>
    public bool OnDelivered(Instant now)
    {
        if (_search is null)
        {
            return false;
        }

        (bool isLong, (long Start, long End)? probe) = sent.ReadDeliveries();
        if (isLong)
        {
            _search.OnLargeArrived();
        }

        if (probe is not { } arrived)
        {
            return false;
        }

        // Whole, or it would have been cut: sent once or, as a tail loss probe, twice. One that the peer took in parts, for want
        // of room, says nothing of the path.
        bool isWhole = arrived.Start == _probe.Start;
        _probe = default;
        if (!isWhole)
        {
            _search.OnProbeLost(now);
            return false;
        }

        _search.OnProbeArrived(now);
        SegmentSize = _search.Current;
        return true;
    }

    /// <summary>The network has said how much the path carries, and is believed: what is out and larger goes again in pieces.</summary>
    /// <param name="segmentSize">The largest segment that arrives, payload and options, in bytes.</param>
    /// <returns>Whether segments are smaller from now on.</returns>
    public bool OnReported(int segmentSize)
    {
        if (segmentSize >= SegmentSize)
        {
            return false;
        }

        // A search would go on to look for what the path has just said it has not.
        _search = null;
        _probe = default;
        SegmentSize = segmentSize;
        sent.LongerThan = PayloadLimit;
        sent.MarkLongLost();
        sent.Cut(PayloadLimit);
        sent.ReadLosses();
        sent.LongerThan = int.MaxValue;
        statistics.PathMtuReductions++;
        return true;
    }

    /// <summary>Learns from losses: that of a probe is no sign of congestion (RFC 4821, 7.3), those of nothing but large segments are a black hole.</summary>
    /// <param name="now">When they were found.</param>
    /// <param name="isSmaller">Whether segments are smaller from now on.</param>
    /// <returns>How many sequence numbers of probes are among what was just found lost.</returns>
    public long OnLost(Instant now, out bool isSmaller)
    {
        isSmaller = false;
        if (_search is null)
        {
            return 0;
        }

        (bool isLong, bool isShort) = sent.ReadLosses();
        if (!isLong && !isShort)
        {
            return 0;
        }

        int index = _probe.End > 0 ? sent.IndexOf(_probe.Start) : sent.Count;
        if (index < sent.Count && sent[index].IsMtuProbe && sent[index].IsLost)
        {
            long length = sent[index].Length;
            _probe = default;
            _search.OnProbeLost(now);
            sent.Cut(PayloadLimit);
            return length;
        }

        if (_search.OnLost(now, isLong, isShort))
        {
            // Nothing that large arrives: what is out is as good as lost, and goes again in pieces.
            statistics.BlackHoles++;
            isSmaller = true;
            SegmentSize = _search.Current;
            sent.MarkLongLost();
            sent.Cut(PayloadLimit);
            sent.ReadLosses();
        }

        return 0;
    }
}
