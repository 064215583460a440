using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <summary>
/// How long an endpoint that is being disposed of goes on: until its connections have said their goodbyes, no longer than it lingers, and
/// a moment more for last ACKs that were lost. Used on the loop only.
/// </summary>
internal sealed class EndpointClosing
{
    /// <summary>A lost last ACK shows after the peer's RTO: the least one is 200 ms, and the first back-off doubles it.</summary>
    public static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(600);

    private Instant? _lingersUntil;
    private Instant? _quietUntil;
    private bool _hasReset;

    /// <summary>When <see cref="IsOver"/> may change its mind by itself; <see cref="Instant.Never"/> if it will not.</summary>
    public Instant NextDeadline => _quietUntil ?? _lingersUntil ?? Instant.Never;

    /// <summary>Whether it has begun.</summary>
    public bool HasBegun => _lingersUntil is not null;

    /// <summary>It begins now.</summary>
    public void Begin(Instant now, TimeSpan linger) => _lingersUntil ??= now + linger;

    /// <summary>A connection was broken off on this side, whenever.</summary>
    public void OnReset() => _hasReset = true;

    /// <summary>Whether the endpoint may end.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="isBusy">Whether connections are open, or something is waiting to be done.</param>
    /// <param name="inTable">Connections in the table, those in TIME-WAIT counted.</param>
    public bool IsOver(Instant now, bool isBusy, int inTable)
    {
        if (_lingersUntil is not { } until)
        {
            return false;
        }

        if (isBusy)
        {
            return now >= until;
        }

        // What is left is TIME-WAIT: long enough to repeat a last ACK that was lost, not the whole two MSL. After a RST the
        // same: a peer with a hole before it answers by a challenge ACK (RFC 5961, 3), and needs a second RST to believe.
        _quietUntil ??= now + QuietTime;
        return (inTable == 0 && !_hasReset) || now >= _quietUntil;
    }
}
