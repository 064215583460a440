using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Recovery;

/// <summary>
/// Retransmissions that did not leave this machine. The back-off is for a path that loses (RFC 6298, 5.5): one that never left is repeated
/// after the same time, and does not count among those that say the peer has gone.
/// </summary>
internal struct LocalOutage
{
    /// <summary>For so long, which is about what fifteen retransmissions take; then they count.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(15);

    private Instant? _since;
    private bool _hasBackedOff;

    /// <summary>The retransmission timer has expired, and backed off.</summary>
    public void OnBackedOff() => _hasBackedOff = true;

    /// <summary>What was sent last has not left the machine.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="expiries">How often the timer has expired since anything was acknowledged.</param>
    /// <returns>Whether the latest expiry, with its back-off, is to be taken back.</returns>
    public bool OnNotSent(Instant now, int expiries)
    {
        if (!_hasBackedOff)
        {
            return false;
        }

        _hasBackedOff = false;
        if (expiries < 2)
        {
            // The first expiry stays: it says that this is a timeout.
            _since = now;
            return false;
        }

        _since ??= now;
        return now - _since.Value < MaxDuration;
    }
}
