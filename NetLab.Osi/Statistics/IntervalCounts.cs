using NetLab.Osi.Protocols;

namespace NetLab.Osi.Statistics;

/// <summary>Packets and bytes of each interval of time, counted from the capture's first packet.</summary>
/// <param name="width">Nanoseconds of an interval, at least 1.</param>
public sealed class IntervalCounts(long width)
{
    // A wrong clock makes an interval a packet; and so many empty ones are shown between two that are not.
    private const int MaxIntervals = 1 << 20;

    private readonly Dictionary<long, Interval> _intervals = [];

    /// <summary>Packets in none: they have no time, or came when there were too many intervals.</summary>
    public long PacketsLeftOut { get; private set; }

    /// <summary>The intervals in order of time, those without packets among them.</summary>
    public IEnumerable<Interval> All
    {
        get
        {
            long next = 0;
            bool isFirst = true;
            foreach (Interval interval in _intervals.Values.OrderBy(i => i.Number))
            {
                // Empty ones that would be more than the others together are passed over.
                for (long empty = next; !isFirst && empty < interval.Number && interval.Number - next <= MaxIntervals; empty++)
                {
                    yield return new Interval(empty, width, 0, 0);
                }

                yield return interval;
                (next, isFirst) = (interval.Number + 1, false);
            }
        }
    }

    /// <summary>Counts a packet.</summary>
    public void Add(DecodedPacket decoded)
    {
        ArgumentNullException.ThrowIfNull(decoded);
        long number = Math.DivRem(decoded.RelativeTime, width, out long rest);
        number -= rest < 0 ? 1 : 0;
        bool isKnown = _intervals.TryGetValue(number, out Interval interval);
        if (decoded.Time is null || (!isKnown && _intervals.Count == MaxIntervals))
        {
            PacketsLeftOut++;
            return;
        }

        _intervals[number] = new Interval(number, width, interval.Packets + 1, interval.Bytes + decoded.OriginalLength);
    }

    /// <summary>What an interval holds.</summary>
    /// <param name="Number">Its number from the capture's first packet on.</param>
    /// <param name="Width">Nanoseconds it lasts.</param>
    /// <param name="Packets">Packets.</param>
    /// <param name="Bytes">Their bytes on the wire.</param>
    public readonly record struct Interval(long Number, long Width, long Packets, long Bytes)
    {
        /// <summary>Seconds from the capture's first packet to its begin.</summary>
        public double Start => (double)((decimal)Number * Width / 1_000_000_000m);

        /// <summary>Bits a second.</summary>
        public double BitsPerSecond => Bytes * 8 * 1e9 / Width;
    }
}
