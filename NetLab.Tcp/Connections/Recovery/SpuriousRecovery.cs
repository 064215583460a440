namespace NetLab.Tcp.Connections.Recovery;

/// <summary>
/// Notices that a recovery was for nothing: an acknowledgment is for the original and not for the retransmission (Eifel
/// detection by timestamps, RFC 3522), or every retransmission is reported to have been a duplicate (RFC 2883, RFC 3708).
/// </summary>
internal sealed class SpuriousRecovery
{
    private readonly ResentRanges _resent = new();
    private long _firstStart;
    private uint? _firstResentAt;
    private bool _isWatching;
    private bool _anyResent;

    /// <summary>A recovery begins.</summary>
    public void Begin()
    {
        (_isWatching, _firstResentAt, _anyResent) = (true, null, false);
        _resent.Begin();
    }

    /// <summary>Something was sent again.</summary>
    /// <param name="start">Stream offset of its first sequence number.</param>
    /// <param name="end">Stream offset behind its last one.</param>
    /// <param name="timestamp">Our timestamp on it, or null without the option.</param>
    public void OnResent(long start, long end, uint? timestamp)
    {
        _resent.Add(start, end);
        if (_isWatching && !_anyResent)
        {
            (_firstStart, _firstResentAt, _anyResent) = (start, timestamp, true);
        }
    }

    /// <summary>Takes a report that something arrived twice.</summary>
    /// <param name="start">Stream offset of its first sequence number.</param>
    /// <param name="end">Stream offset behind its last one.</param>
    /// <returns>Whether it was something sent again, and not a copy that the network, or a peer that lies, has made.</returns>
    public bool IsOfResent(long start, long end) => _resent.Report(start, end) > 0;

    /// <summary>An acknowledgment came.</summary>
    /// <param name="before">SND.UNA before it.</param>
    /// <param name="acknowledged">Its number as a stream offset.</param>
    /// <param name="echo">The timestamp of ours that it echoes, or null.</param>
    /// <param name="isOfResent">Whether it reports a duplicate of what was sent again.</param>
    /// <returns>Whether the recovery was for nothing.</returns>
    public bool OnAcknowledged(long before, long acknowledged, uint? echo, bool isOfResent)
    {
        if (!_isWatching || !_anyResent)
        {
            return false;
        }

        // RFC 3522, 3.2, step 4: what first acknowledges the first retransmission echoes a timestamp from before it. Only if
        // it was what the peer waited for: behind another hole, the echo is of what filled that.
        bool isFirst = acknowledged > _firstStart && _firstResentAt is not null;
        bool isOriginal = isFirst && before == _firstStart && echo is { } e && unchecked((int)(e - _firstResentAt!.Value)) < 0;

        // RFC 3708, 2: every retransmission has been reported, each by a report of its own.
        bool allReported = isOfResent && _resent.Unreported == 0;
        if (isOriginal || allReported)
        {
            _isWatching = false;
            return true;
        }

        if (isFirst)
        {
            // It was needed; only reports of duplicates could still tell otherwise.
            _firstResentAt = null;
        }

        return false;
    }

    /// <summary>Gives back memory: nothing is outstanding, and nobody has said anything for long.</summary>
    public void Trim()
    {
        _isWatching = false;
        _resent.Clear();
    }
}
