using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Congestion;

/// <summary>Decides how much may be in the network and how fast it may go there. Told what happened, never when to send.</summary>
internal interface ICongestionControl
{
    /// <summary>The algorithm's name, as iperf3 and the kernel write it.</summary>
    string Name { get; }

    /// <summary>cwnd in bytes.</summary>
    long Window { get; }

    /// <summary>ssthresh in bytes; <see cref="long.MaxValue"/> before the first loss.</summary>
    long SlowStartThreshold { get; }

    /// <summary>Bytes a second to pace by, or 0 to leave it to the window and the round trip.</summary>
    double PacingRate { get; }

    /// <summary>Whether the window is its own also in fast recovery, so that PRR (RFC 9937) keeps out.</summary>
    bool ControlsRecovery { get; }

    /// <summary>An acknowledgment came: what it brought and what it cost.</summary>
    void OnAcknowledged(in AcknowledgmentSample sample);

    /// <summary>Fast recovery begins.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="inFlight">Bytes between SND.UNA and SND.NXT.</param>
    void OnLoss(Instant now, long inFlight);

    /// <summary>Something was marked on its way instead of dropped: a queue is long. Told once a round trip.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="inFlight">Bytes between SND.UNA and SND.NXT.</param>
    void OnMarked(Instant now, long inFlight);

    /// <summary>Everything that was outstanding when recovery began has been acknowledged.</summary>
    void OnRecovered(Instant now);

    /// <summary>The retransmission timer expired.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="inFlight">Bytes between SND.UNA and SND.NXT.</param>
    /// <param name="repeated">Whether it had already expired for the same data.</param>
    void OnTimeout(Instant now, long inFlight, bool repeated);

    /// <summary>Nothing was sent for longer than an RTO, and now something will be (RFC 5681, 4.1).</summary>
    void OnIdle(Instant now);

    /// <summary>The latest reduction was for nothing: nothing had been lost (RFC 4015).</summary>
    void OnSpurious();

    /// <summary>
    /// Segments have another size from now on. The window stays what it is in bytes: larger segments must not make a burst of what was
    /// a flow.
    /// </summary>
    /// <param name="segmentSize">SMSS in bytes.</param>
    void OnSegmentSize(int segmentSize);

    /// <summary>The handshake needed more than one SYN: the path may be slower than the first window hopes (RFC 5681, 3.1).</summary>
    void OnLostSyn();
}
