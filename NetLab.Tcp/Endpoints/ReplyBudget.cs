using System.Buffers.Binary;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Endpoints;

/// <summary>
/// How many answers to segments of no connection may be sent: a flood of them must not make us a second one (RFC 5961, 7), and
/// what is left of the budget must not tell anybody what others were answered.
/// </summary>
/// <remarks>
/// A budget that all share is a side channel: who forges segments of another host, and then counts its own answers, learns whether
/// the other has a connection (CVE-2016-5696). So each prefix of addresses has a budget of its own, four of which fit into the
/// least that there is for all; and both are drawn anew for each tenth of a second, so that counting answers measures chance.
/// </remarks>
/// <param name="perSecond">So many a second on average, at least one an interval; 0 for none at all.</param>
/// <param name="secrets">Where the numbers that nobody can guess come from.</param>
internal sealed class ReplyBudget(int perSecond, EndpointSecrets secrets)
{
    private const long IntervalTicks = TimeSpan.TicksPerSecond / 10;
    private const int IntervalsPerSecond = 10;
    private const int PrefixesInTotal = 8;
    private const long SaltOfTotal = -1;

    // No more entries than answers are given in an interval.
    private readonly Dictionary<long, int> _given = [];
    private long _interval = long.MinValue;
    private int _left;

    /// <summary>Takes an answer out of the budget.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="to">Who would get it.</param>
    /// <returns>Whether there was one left.</returns>
    public bool TryTake(Instant now, DatagramAddress to)
    {
        if (perSecond <= 0)
        {
            return false;
        }

        // A clock that jumps back gives nothing.
        long interval = now.Ticks / IntervalTicks;
        if (interval > _interval)
        {
            _interval = interval;
            _given.Clear();
            _left = Draw(perSecond / IntervalsPerSecond, SaltOfTotal);
        }

        long prefix = PrefixOf(to);
        int given = _given.GetValueOrDefault(prefix);
        if (_left == 0 || given >= Draw(perSecond / IntervalsPerSecond / PrefixesInTotal, prefix))
        {
            return false;
        }

        _given[prefix] = given + 1;
        _left--;
        return true;
    }

    // From half of a mean to one and a half of it, at least one.
    private int Draw(int mean, long salt) => Math.Max(1, (mean / 2) + (int)(secrets.Draw(_interval, salt) % (ulong)(mean + 1)));

    // What one site has: 64 bits of IPv6 (RFC 4291, 2.5.1), 24 of IPv4.
    private static long PrefixOf(DatagramAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteAddress(bytes);
        return address.IsIPv4 ? BinaryPrimitives.ReadInt32BigEndian(bytes[12..]) >>> 8 : BinaryPrimitives.ReadInt64BigEndian(bytes);
    }
}
