using NetLab.Tcp.Events;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Recovery;

/// <summary>
/// The segments between SND.UNA and SND.NXT in order, and the scoreboard (RFC 6675) of which of them are sacked, lost or in flight.
/// </summary>
internal sealed class SentSegments
{
    private SegmentRing _ring = new();
    private LongSegments _long = new();

    // No lost segment stands before this position, so looking for the first one does not start over each time.
    private int _lostHint;
    private long _transmissions;

    /// <summary>How many segments there are.</summary>
    public int Count => _ring.Count;

    /// <summary>Sequence numbers that count as in the network: sent, not sacked, not taken for lost (RFC 6675's pipe).</summary>
    public long InFlight { get; private set; }

    /// <summary>How many are sacked.</summary>
    public int SackedCount { get; private set; }

    /// <summary>Sequence numbers that are sacked.</summary>
    public long SackedBytes { get; private set; }

    /// <summary>
    /// Whether the peer had sacked the very segment that it waits for now, and so must have thrown it away (RFC 2018, 8).
    /// </summary>
    public bool IsHeadSacked => Count > 0 && _ring[0].IsSacked;

    /// <summary>Whether the oldest is our SYN: nothing has been acknowledged yet.</summary>
    public bool AwaitsSyn => Count > 0 && _ring[0].IsSyn;

    /// <summary>
    /// Whether there are several, all of them data that was sent once, of which nothing else is known and nobody observes: what is
    /// said of many of them can be said of the newest.
    /// </summary>
    public bool IsOrdinary => Count > 1 && !_ring[0].IsSyn && SackedCount == 0 && LostCount == 0 && RetransmittedCount == 0
        && Observation is null && LongerThan == int.MaxValue;

    /// <summary>How many are lost and wait to be sent again.</summary>
    public int LostCount { get; private set; }

    /// <summary>How many are unacknowledged and have been sent more than once.</summary>
    public int RetransmittedCount { get; private set; }

    /// <summary>Stream offset of the newest data that was ever taken for lost, probes of the path's MTU left out; -1 if none was.</summary>
    public long NewestLost { get; private set; } = -1;

    /// <summary>The number of the newest transmission, its <see cref="SentSegment.Order"/>.</summary>
    public long LastTransmission => _transmissions;

    /// <summary>
    /// Sequence numbers beyond which a segment counts as long, where the path's MTU is searched for: whether any such was lost or delivered
    /// is told by <see cref="ReadLosses"/> and <see cref="ReadDeliveries"/>.
    /// </summary>
    public int LongerThan
    {
        get => _long.LongerThan;
        set => _long.LongerThan = value;
    }

    /// <summary>Notified of segments taken for lost; null for nobody.</summary>
    public Observation? Observation { get; set; }

    /// <summary>A segment by position, from the oldest.</summary>
    public ref readonly SentSegment this[int index] => ref _ring[index];

    /// <summary>Appends full segments of data just sent for the first time, one behind the other.</summary>
    /// <param name="start">Stream offset of the first.</param>
    /// <param name="length">Bytes of each.</param>
    /// <param name="count">How many.</param>
    /// <param name="rate">Notes on each what has been delivered by then.</param>
    /// <param name="now">The present moment.</param>
    public void AppendBulk(long start, int length, int count, DeliveryRate rate, Instant now)
    {
        _ring.Reserve(count);

        for (int i = 0; i < count; i++)
        {
            // Written where it stands: a copy costs as much as all the rest.
            ref SentSegment last = ref _ring.AddLast();
            last.Start = start;
            last.End = start += length;
            last.SentAt = now;
            last.Order = ++_transmissions;
            last.Transmissions = 1;
            last.InFlight = true;
            (last.IsSyn, last.IsFin, last.IsSacked, last.IsLost, last.IsMtuProbe, last.IsWindowProbe) = (false, false, false, false, false, false);
            rate.Stamp(ref last, now, InFlight);
            InFlight += length;
        }
    }

    /// <summary>Appends a segment just sent.</summary>
    public void Append(in SentSegment segment)
    {
        _ring.Reserve(1);
        ref SentSegment last = ref _ring.AddLast();
        last = segment;
        last.Order = ++_transmissions;
        InFlight += segment.InFlight ? segment.Length : 0;
        LostCount += segment.IsLost ? 1 : 0;
    }

    /// <summary>Forgets the oldest segment, which has been acknowledged.</summary>
    public void RemoveFirst()
    {
        ref SentSegment first = ref _ring[0];
        NoteDelivered(first);
        InFlight -= first.InFlight ? first.Length : 0;
        SackedCount -= first.IsSacked ? 1 : 0;
        SackedBytes -= first.IsSacked ? first.Length : 0;
        LostCount -= first.IsLost ? 1 : 0;
        RetransmittedCount -= first.Transmissions > 1 ? 1 : 0;
        _ring.RemoveFirst(1);
        _lostHint = Math.Max(0, _lostHint - 1);
    }

    /// <summary>How many of the oldest segments end at or before an offset.</summary>
    public int CountUpTo(long offset) => _ring.CountUpTo(offset);

    /// <summary>Forgets the oldest segments, which are all in flight and were sent once.</summary>
    /// <param name="count">How many.</param>
    /// <param name="length">Sequence numbers of all of them.</param>
    public void RemoveFirst(int count, long length)
    {
        InFlight -= length;
        _ring.RemoveFirst(count);
        _lostHint = Math.Max(0, _lostHint - count);
    }

    /// <summary>Forgets the acknowledged front of the oldest segment.</summary>
    public void TrimFirst(long acknowledged)
    {
        ref SentSegment first = ref _ring[0];
        InFlight -= first.InFlight ? acknowledged - first.Start : 0;
        SackedBytes -= first.IsSacked ? acknowledged - first.Start : 0;
        first.Start = acknowledged;
        first.IsSyn = false;
    }

    /// <summary>Marks a segment as held by the peer.</summary>
    public void MarkSacked(int index)
    {
        ref SentSegment segment = ref _ring[index];
        NoteDelivered(segment);
        RemoveFromFlight(ref segment);
        LostCount -= segment.IsLost ? 1 : 0;
        SackedCount += segment.IsSacked ? 0 : 1;
        SackedBytes += segment.IsSacked ? 0 : segment.Length;
        (segment.IsLost, segment.IsSacked) = (false, true);
    }

    /// <summary>Marks a segment as lost: it is to be sent again.</summary>
    /// <param name="index">Which.</param>
    /// <param name="cause">How that was found.</param>
    public void MarkLost(int index, LossCause cause)
    {
        ref SentSegment segment = ref _ring[index];
        if (!segment.IsLost)
        {
            _long.OnLost(segment);
            Observation?.OnLost(segment.AsTransmission(), cause);
        }

        RemoveFromFlight(ref segment);
        LostCount += segment.IsLost ? 0 : 1;
        segment.IsLost = true;
        NewestLost = segment.IsMtuProbe ? NewestLost : Math.Max(NewestLost, segment.Start);
        _lostHint = Math.Min(_lostHint, index);
    }

    /// <summary>Notes on a segment, as it is sent, what has been delivered by then.</summary>
    /// <param name="index">Which.</param>
    /// <param name="rate">Knows.</param>
    /// <param name="now">The present moment.</param>
    /// <param name="inFlightBefore">Bytes in the network before it.</param>
    public void Stamp(int index, DeliveryRate rate, Instant now, long inFlightBefore) => rate.Stamp(ref _ring[index], now, inFlightBefore);

    /// <summary>
    /// After a timeout the oldest segment is lost, and whatever was sent so long ago that it cannot be on its way (RFC 8985, 6.3).
    /// </summary>
    /// <param name="sentBefore">Segments sent at this moment or earlier.</param>
    /// <param name="forgetSacked">Whether to believe no SACK any more (RFC 2018, 8).</param>
    public void MarkLostSentBefore(Instant sentBefore, bool forgetSacked)
    {
        for (int i = 0; i < Count; i++)
        {
            ref SentSegment segment = ref _ring[i];
            if (segment.IsSacked && forgetSacked)
            {
                Forget(ref segment);
            }

            if (!segment.IsSacked && (i == 0 || segment.SentAt <= sentBefore || forgetSacked))
            {
                MarkLost(i, LossCause.Timeout);
            }
        }
    }

    /// <summary>Nothing was lost after all: what waits to be sent again is in the network.</summary>
    public void UnmarkLost()
    {
        for (int i = 0; i < Count && LostCount > 0; i++)
        {
            ref SentSegment segment = ref _ring[i];
            if (segment.IsLost && !segment.IsWindowProbe)
            {
                (segment.IsLost, segment.InFlight) = (false, true);
                InFlight += segment.Length;
                LostCount--;
            }
        }
    }

    /// <summary>Nothing is believed any more: everything is lost, the sacked too if they are not believed either (RFC 2018, 8).</summary>
    /// <param name="cause">How that was found.</param>
    /// <param name="forgetSacked">Whether to believe no SACK any more.</param>
    public void MarkAllLost(LossCause cause, bool forgetSacked)
    {
        for (int i = 0; i < Count; i++)
        {
            ref SentSegment segment = ref _ring[i];
            if (segment.IsSacked && forgetSacked)
            {
                Forget(ref segment);
            }

            if (!segment.IsSacked)
            {
                MarkLost(i, cause);
            }
        }
    }

    /// <summary>Notes that a segment was sent again.</summary>
    public void MarkRetransmitted(int index, Instant now)
    {
        ref SentSegment segment = ref _ring[index];
        LostCount -= segment.IsLost ? 1 : 0;
        RetransmittedCount += segment.Transmissions == 1 ? 1 : 0;
        InFlight += segment.InFlight ? 0 : segment.Length;
        (segment.IsLost, segment.InFlight, segment.IsWindowProbe, segment.SentAt) = (false, true, false, now);
        segment.Transmissions++;
        segment.Order = ++_transmissions;
    }

    /// <summary>Notes that a byte of a segment was sent again to a peer without a window; the segment still waits.</summary>
    public void MarkProbed(int index, Instant now)
    {
        ref SentSegment segment = ref _ring[index];
        RetransmittedCount += segment.Transmissions == 1 ? 1 : 0;
        segment.SentAt = now;
        segment.Transmissions++;
        segment.Order = ++_transmissions;
    }

    /// <summary>The oldest lost segment, or -1.</summary>
    public int FirstLost()
    {
        if (LostCount == 0)
        {
            return -1;
        }

        while (!_ring[_lostHint].IsLost)
        {
            _lostHint++;
        }

        return _lostHint;
    }

    /// <summary>The position of the first segment that starts at or after an offset; <see cref="Count"/> if none does.</summary>
    public int IndexOf(long offset) => _ring.IndexOf(offset);

    /// <summary>Whether anything long, and anything not long, was taken for lost since the last call; see <see cref="LongerThan"/>.</summary>
    public (bool Long, bool Short) ReadLosses() => _long.ReadLosses();

    /// <summary>
    /// Whether anything long has reached the peer since the last call, and what was left of the probe of the path's MTU when it did, if it did.
    /// </summary>
    public (bool Long, (long Start, long End)? Probe) ReadDeliveries() => _long.ReadDeliveries();

    /// <summary>Marks all that is long, and has not reached the peer, as lost.</summary>
    public void MarkLongLost()
    {
        for (int i = 0; i < Count; i++)
        {
            if (!_ring[i].IsSacked && _ring[i].Length > LongerThan)
            {
                MarkLost(i, LossCause.TooLarge);
            }
        }
    }

    /// <summary>Cuts a segment that was not sacked in two, each with the history of the whole.</summary>
    /// <param name="index">Which.</param>
    /// <param name="length">Sequence numbers of the first piece: data, and fewer than there are.</param>
    public void Split(int index, int length)
    {
        _ring.Repeat(index);
        ref SentSegment first = ref _ring[index];
        ref SentSegment second = ref _ring[index + 1];
        second.Start = first.End = first.Start + length;

        // A larger segment that is sent in pieces says nothing of the path: the piece that does not begin with it tells.
        (first.IsFin, first.IsMtuProbe, second.IsSyn) = (false, false, false);
        LostCount += first.IsLost ? 1 : 0;
        RetransmittedCount += first.Transmissions > 1 ? 1 : 0;
        _lostHint += index < _lostHint ? 1 : 0;
    }

    /// <summary>Lets the newest segment, which is not in flight, grow by data that has never been sent.</summary>
    /// <param name="end">Stream offset behind its last sequence number from now on.</param>
    /// <param name="isFin">Whether that is our FIN.</param>
    public void Extend(long end, bool isFin)
    {
        ref SentSegment last = ref _ring[Count - 1];
        last.End = end;
        last.IsFin |= isFin;
    }

    /// <summary>
    /// Cuts what is longer than the path carries, and has not reached the peer, into pieces that it does. Each has the history of
    /// the whole.
    /// </summary>
    /// <param name="length">The most sequence numbers of data a piece may have.</param>
    public void Cut(int length)
    {
        var pieces = new List<SentSegment>(Count + 1);
        for (int i = 0; i < Count; i++)
        {
            SentSegment rest = _ring[i];
            while (!rest.IsSacked && !rest.IsSyn && rest.Length - (rest.IsFin ? 1 : 0) > length)
            {
                pieces.Add(rest with { End = rest.Start + length, IsFin = false, IsMtuProbe = false });
                rest.Start += length;
                rest.IsMtuProbe = false;
            }

            pieces.Add(rest);
        }

        if (pieces.Count == Count)
        {
            return;
        }

        _ring.Replace(pieces);
        _lostHint = 0;
        (LostCount, RetransmittedCount) = (pieces.Count(p => p.IsLost), pieces.Count(p => p.Transmissions > 1));
    }

    /// <summary>Gives back the room that nothing needs now.</summary>
    public void Trim()
    {
        if (Count == 0)
        {
            _ring.Clear();
            _lostHint = 0;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _ring.Clear();
        (_lostHint, InFlight, SackedCount, SackedBytes, LostCount, RetransmittedCount) = (0, 0, 0, 0, 0, 0);
    }

    private void NoteDelivered(in SentSegment segment)
    {
        if (!segment.IsSacked)
        {
            _long.OnDelivered(segment);
        }
    }

    private void Forget(ref SentSegment segment)
    {
        segment.IsSacked = false;
        SackedCount--;
        SackedBytes -= segment.Length;
    }

    private void RemoveFromFlight(ref SentSegment segment)
    {
        InFlight -= segment.InFlight ? segment.Length : 0;
        segment.InFlight = false;
    }
}
