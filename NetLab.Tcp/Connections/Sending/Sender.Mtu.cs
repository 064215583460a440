using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Events;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Sending;

/// <content>How large segments are: what the search for the path's MTU says, done.</content>
internal sealed partial class Sender
{
    // Segments that have to follow a probe, so that its loss is found by what comes after it and not by a timer (RFC 4821, 7.2).
    private const int FollowersOfProbe = 4;

    private MtuSearch? _search;
    private long _probeStart;
    private long _probeEnd;

    private void StartMtuSearch()
    {
        if (_options.MtuSearch && Sack && _segmentSize > MtuSearch.BaseSize)
        {
            _search = new MtuSearch(_segmentSize);
            _segmentSize = _search.Current;
            _sent.LongerThan = PayloadLimit;
        }
    }

    // How much of what waits should go in one segment larger than is known to arrive; 0 for nothing. There has to be enough of
    // it, and nothing may be under repair.
    private int MtuProbeLength(Instant now, long available)
    {
        if (_search is null || _phase != RecoveryPhase.None || _search.SizeToTry(now) is not (> 0 and var size))
        {
            return 0;
        }

        int length = size - FixedOptionBytes;
        int wanted = length + (FollowersOfProbe * PayloadLimit);
        return available >= wanted && Math.Min(_congestion.Window, Window) >= wanted ? length : 0;
    }

    private void OnMtuProbeSent(in SegmentPlan plan)
    {
        _search!.OnProbeSent();
        _statistics.MtuProbes++;
        (_probeStart, _probeEnd) = (plan.Start, plan.End);
    }

    private void OnArrivedOfSize(Instant now, in SentSegment segment)
    {
        if (_search is null)
        {
            return;
        }

        if (segment.Length > _sent.LongerThan)
        {
            _search.OnLargeArrived();
        }

        if (segment.IsMtuProbe)
        {
            // Whole, or it would have been cut: sent once or, as a tail loss probe, twice. One that the peer took in parts, for want
            // of room, says nothing of the path.
            bool whole = segment.End - _probeStart == segment.Length;
            (_probeStart, _probeEnd) = (0, 0);
            if (whole)
            {
                _search.OnProbeArrived(now);
                ApplySegmentSize();
            }
            else
            {
                _search.OnProbeLost(now);
            }
        }
    }

    // What a loss says of sizes. That of a probe is no sign of congestion (RFC 4821, 7.3).
    // Returns how many sequence numbers of probes are among what was just found lost.
    private long TakeLossesBySize(Instant now)
    {
        (bool longer, bool shorter) = _sent.TakeLosses();
        if (_search is null || !(longer || shorter))
        {
            return 0;
        }

        long ofProbe = 0;
        int index = _probeEnd > 0 ? _sent.IndexOf(_probeStart) : _sent.Count;
        if (index < _sent.Count && _sent[index].IsMtuProbe && _sent[index].IsLost)
        {
            ofProbe = _sent[index].Length;
            (_probeStart, _probeEnd) = (0, 0);
            _search.OnProbeLost(now);
            _sent.Cut(PayloadLimit);
        }

        if (ofProbe == 0 && _search.OnLost(now, longer, shorter))
        {
            // Nothing that large arrives: what is out is as good as lost, and goes again in pieces.
            _statistics.BlackHoles++;
            ApplySegmentSize();
            for (int i = 0; i < _sent.Count; i++)
            {
                if (!_sent[i].IsSacked && _sent[i].Length > _sent.LongerThan)
                {
                    _sent.MarkLost(i, LossCause.TooLarge);
                }
            }

            _sent.Cut(PayloadLimit);
            _sent.TakeLosses();
        }

        return ofProbe;
    }

    private void ApplySegmentSize()
    {
        _segmentSize = _search!.Current;
        _congestion.OnSegmentSize(PayloadLimit);
        _reduction.OnSegmentSize(PayloadLimit);
        _pacer.OnSegmentSize(PayloadLimit);
    }
}
