namespace NetLab.Tcp.Connections.Recovery;

/// <summary>
/// How much may be sent during fast recovery (PRR, RFC 9937): in proportion to what is delivered,
/// so that the flight shrinks to ssthresh over one round trip, neither in a pause nor in a burst.
/// </summary>
internal sealed class ProportionalRateReduction(int segmentSize)
{
    private long _threshold;
    private long _flightAtStart;
    private long _delivered;
    private long _sent;
    private long _allowance;

    /// <summary>Bytes that may be sent now.</summary>
    public long Allowance => Math.Max(0, _allowance);

    /// <summary>Segments have another size from now on.</summary>
    public void OnSegmentSize(int newSize) => segmentSize = newSize;

    /// <summary>Recovery begins.</summary>
    /// <param name="flight">
    /// RecoverFS (RFC 9937, 6): bytes outstanding that were not sacked before the ACK that begins it, so that what is delivered from
    /// that ACK on adds up to it.
    /// </param>
    /// <param name="threshold">ssthresh, which the flight is to come down to.</param>
    public void Begin(long flight, long threshold)
    {
        (_flightAtStart, _threshold) = (Math.Max(1, flight), threshold);
        (_delivered, _sent, _allowance) = (0, 0, segmentSize);
    }

    /// <summary>An acknowledgment came during recovery.</summary>
    /// <param name="delivered">Bytes it says have arrived.</param>
    /// <param name="inFlight">pipe: bytes in the network after it.</param>
    /// <param name="isSafe">Whether SND.UNA advanced and nothing more was found lost: the network bears a little more.</param>
    public void OnAcknowledged(long delivered, long inFlight, bool isSafe)
    {
        _delivered += delivered;
        if (inFlight > _threshold)
        {
            _allowance = (long)Math.Ceiling((double)_delivered * _threshold / _flightAtStart) - _sent;
        }
        else
        {
            // Conservative reduction bound, or one segment more where that is safe (slow start).
            long bound = Math.Max(_delivered - _sent, delivered) + (isSafe ? segmentSize : 0);
            _allowance = Math.Min(_threshold - inFlight, bound);
        }

        if (_sent == 0)
        {
            _allowance = Math.Max(_allowance, segmentSize);
        }
    }

    /// <summary>Bytes were sent during recovery.</summary>
    public void OnSent(long bytes)
    {
        _sent += bytes;
        _allowance -= bytes;
    }
}
