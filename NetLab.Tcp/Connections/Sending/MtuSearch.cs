using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Sending;

/// <summary>
/// Finds the largest segment the path carries, by sending larger ones and seeing whether they arrive (packetization layer path
/// MTU discovery, RFC 4821 and RFC 8899), and notices when it carries them no more.
/// </summary>
/// <remarks>Sizes are those of a segment's payload and options, as the MSS counts them.</remarks>
internal sealed class MtuSearch
{
    /// <summary>
    /// Where a search begins: a UDP payload of 1200 bytes (RFC 8899, 5.1.2: BASE_PLPMTU) less the TCP header. Whatever path
    /// carries less is broken.
    /// </summary>
    public const int BaseSize = 1200 - 20;

    // RFC 8899, 5.1.2: MAX_PROBES.
    private const int MaxProbes = 3;

    // A search ends when what is left to gain is less than a header.
    private const int Step = 20;

    // So many times in a row all that was lost was larger than the base, and nothing so large arrived meanwhile.
    private const int BlackHoleLosses = 3;

    // RFC 8899, 5.1.1: PMTU_RAISE_TIMER.
    private static readonly TimeSpan RaiseInterval = TimeSpan.FromMinutes(10);

    private readonly int _base;
    private readonly int _most;
    private int _high;
    private int _candidate;
    private int _lost;
    private int _largeLosses;
    private bool _isProbeOut;
    private Instant? _raiseAt;

    /// <param name="most">The largest size both ends take.</param>
    public MtuSearch(int most)
    {
        _base = Math.Min(BaseSize, most);
        (_most, _high, Current) = (most, most, _base);
        Choose(tryMost: true);
    }

    /// <summary>The largest size known to arrive.</summary>
    public int Current { get; private set; }

    /// <summary>Whether everything has been tried that could be.</summary>
    public bool IsDone => _candidate == 0;

    /// <summary>The size to try next; 0 for none now.</summary>
    public int SizeToTry(Instant now)
    {
        if (IsDone && _raiseAt <= now)
        {
            // The path may have become another one.
            (_high, _raiseAt) = (_most, null);
            Choose(tryMost: true);
        }

        return _isProbeOut ? 0 : _candidate;
    }

    /// <summary>A segment of that size has been sent.</summary>
    public void OnProbeSent() => _isProbeOut = true;

    /// <summary>It has arrived.</summary>
    public void OnProbeArrived(Instant now)
    {
        if (_isProbeOut)
        {
            Current = _candidate;
            (_isProbeOut, _lost, _largeLosses) = (false, 0, 0);
            Choose(tryMost: false);
            EndIfDone(now);
        }
    }

    /// <summary>It is taken for lost: once or twice, that may be chance (RFC 8899, 5.1.3).</summary>
    public void OnProbeLost(Instant now)
    {
        if (_isProbeOut)
        {
            _isProbeOut = false;
            if (++_lost >= MaxProbes)
            {
                (_high, _lost) = (_candidate - 1, 0);
                Choose(tryMost: false);
                EndIfDone(now);
            }
        }
    }

    /// <summary>A segment larger than the base has arrived.</summary>
    public void OnLargeArrived() => _largeLosses = 0;

    /// <summary>Segments were found lost.</summary>
    /// <param name="now">When.</param>
    /// <param name="large">Whether any of them was larger than the base.</param>
    /// <param name="small">Whether any was not: then it is congestion, or a bad link, and no size would help.</param>
    /// <returns>Whether the path carries large segments no more, so that <see cref="Current"/> is the base again.</returns>
    public bool OnLost(Instant now, bool large, bool small)
    {
        if (small || Current <= _base)
        {
            _largeLosses = 0;
            return false;
        }

        _largeLosses += large ? 1 : 0;
        if (_largeLosses < BlackHoleLosses)
        {
            return false;
        }

        (_high, Current) = (Current - 1, _base);
        (_isProbeOut, _lost, _largeLosses) = (false, 0, 0);
        Choose(tryMost: false);
        EndIfDone(now);
        return true;
    }

    /// <summary>Whether a payload and options of that size are larger than the base.</summary>
    public bool IsLarge(int size) => size > _base;

    // The middle of what is left; at first everything at once, as most paths carry what the ends can.
    private void Choose(bool tryMost) => _candidate = _high - Current < (tryMost ? 1 : Step) ? 0 : tryMost ? _high : (Current + _high + 1) / 2;

    private void EndIfDone(Instant now) => _raiseAt = IsDone && Current < _most ? now + RaiseInterval : null;
}
