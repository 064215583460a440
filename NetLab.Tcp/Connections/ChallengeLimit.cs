using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>
/// How often a connection answers what might be a guess (RFC 5961, 7): once an interval. The limit is the connection's own, so that
/// nobody learns from it about another (CVE-2016-5696).
/// </summary>
/// <param name="interval">Least time between two answers.</param>
internal sealed class ChallengeLimit(TimeSpan interval)
{
    private Instant? _last;

    /// <summary>Whether an answer may be given.</summary>
    public bool Allows(Instant now) => !(_last is { } last && now - last < interval);

    /// <summary>Takes the answer of an interval.</summary>
    /// <returns>Whether it had not been given.</returns>
    public bool TryTake(Instant now)
    {
        if (!Allows(now))
        {
            return false;
        }

        _last = now;
        return true;
    }
}
