namespace NetLab.Tcp.Connections.Congestion;

/// <summary>
/// Whether the congestion window, and not the application or the peer, was what limited the flight. Judged a round trip at a time:
/// a window that was used whole stays used while its acknowledgments come in (RFC 7661, 4.1; RFC 9438, 5.8).
/// </summary>
internal struct WindowUsage
{
    private long _roundEnd;
    private long _flight;
    private bool _wasFull;

    /// <summary>Something was sent, or was not, as the window is full.</summary>
    /// <param name="unacknowledged">SND.UNA.</param>
    /// <param name="next">SND.NXT.</param>
    /// <param name="flight">Bytes in the network.</param>
    /// <param name="isFull">Whether the window takes no more.</param>
    public void Note(long unacknowledged, long next, long flight, bool isFull)
    {
        if (isFull || unacknowledged >= _roundEnd || (!_wasFull && flight > _flight))
        {
            (_roundEnd, _flight, _wasFull) = (next, flight, isFull);
        }
    }

    /// <summary>Whether it was the limit in the round whose acknowledgments arrive now.</summary>
    /// <param name="window">cwnd in bytes.</param>
    /// <param name="isSlowStart">Whether it doubles each round: then more than half of it is enough, as what is sent now was allowed by half.</param>
    public readonly bool WasLimit(long window, bool isSlowStart) => _wasFull || (isSlowStart && 2 * _flight > window);
}
