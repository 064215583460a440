namespace NetLab.Tcp.Protocol.Congestion;

/// <summary>Decides how much may be in the network. Told what happened, never when to send.</summary>
internal interface ICongestionControl
{
    /// <summary>The algorithm's name, as iperf3 and the kernel write it.</summary>
    string Name { get; }

    /// <summary>cwnd in bytes.</summary>
    long Window { get; }

    /// <summary>ssthresh in bytes.</summary>
    long SlowStartThreshold { get; }

    /// <summary>New data was acknowledged outside fast recovery.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="windowWasLimit">Whether the window, and not the application or the peer, held the sender back.</param>
    void OnAcknowledged(long bytes, bool windowWasLimit);

    /// <summary>Fast recovery begins.</summary>
    /// <param name="inFlight">Bytes in the network before the loss was taken out.</param>
    void OnLoss(long inFlight);

    /// <summary>The retransmission timer expired.</summary>
    /// <param name="inFlight">Bytes in the network before.</param>
    /// <param name="repeated">Whether it had already expired for the same data.</param>
    void OnTimeout(long inFlight, bool repeated);
}
