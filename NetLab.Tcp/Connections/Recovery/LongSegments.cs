namespace NetLab.Tcp.Connections.Recovery;

/// <summary>
/// What became of segments that are longer than the path is known to carry, where its MTU is searched for (RFC 8899): whether any was lost
/// or delivered since somebody last looked.
/// </summary>
internal struct LongSegments()
{
    private bool _lostLonger;
    private bool _lostShorter;
    private bool _deliveredLonger;
    private (long Start, long End)? _deliveredProbe;

    /// <summary>Sequence numbers beyond which a segment counts as long.</summary>
    public int LongerThan { get; set; } = int.MaxValue;

    /// <summary>A segment was taken for lost.</summary>
    public void OnLost(in SentSegment segment)
    {
        _lostLonger |= segment.Length > LongerThan;
        _lostShorter |= segment.Length <= LongerThan;
    }

    /// <summary>A segment has reached the peer.</summary>
    public void OnDelivered(in SentSegment segment)
    {
        _deliveredLonger |= segment.Length > LongerThan;
        _deliveredProbe = segment.IsMtuProbe ? (segment.Start, segment.End) : _deliveredProbe;
    }

    /// <summary>Whether anything long, and anything not long, was taken for lost since the last call.</summary>
    public (bool Long, bool Short) ReadLosses()
    {
        (bool, bool) losses = (_lostLonger, _lostShorter);
        (_lostLonger, _lostShorter) = (false, false);
        return losses;
    }

    /// <summary>
    /// Whether anything long has reached the peer since the last call, and what was left of the probe of the path's MTU when it did, if it did.
    /// </summary>
    public (bool Long, (long Start, long End)? Probe) ReadDeliveries()
    {
        (bool, (long, long)?) deliveries = (_deliveredLonger, _deliveredProbe);
        (_deliveredLonger, _deliveredProbe) = (false, null);
        return deliveries;
    }
}
