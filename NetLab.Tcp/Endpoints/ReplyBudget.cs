using NetLab.Udp.Time;

namespace NetLab.Tcp.Endpoints;

/// <summary>How many answers to segments of no connection may be sent: a flood of them must not make us a second one (RFC 5961, 7).</summary>
/// <param name="perSecond">So many a second, and as many as in a tenth of one at once; at least one.</param>
internal sealed class ReplyBudget(int perSecond)
{
    private double _tokens = Most(perSecond);
    private Instant _countedAt;

    /// <summary>Takes an answer out of the budget.</summary>
    /// <returns>Whether there was one left.</returns>
    public bool TryTake(Instant now)
    {
        // A clock that jumps back gives nothing.
        double elapsed = Math.Max(0, (now - _countedAt).TotalSeconds);
        _countedAt = Instant.Max(_countedAt, now);
        _tokens = Math.Min(Most(perSecond), _tokens + (elapsed * perSecond));
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }

    private static double Most(int perSecond) => Math.Max(1, perSecond / 10.0);
}
