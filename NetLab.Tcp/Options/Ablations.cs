namespace NetLab.Tcp.Options;

/// <summary>
/// Parts of the machine that a connection does without, on purpose: an experiment shows what a part is for by taking it away. None of them is
/// meant for use.
/// </summary>
[Flags]
public enum Ablations
{
    /// <summary>Nothing is missing.</summary>
    None = 0,

    /// <summary>Losses are found by the retransmission timer alone: neither by RACK (RFC 8985) nor by duplicate acknowledgments (RFC 5681).</summary>
    FastRetransmission = 1,

    /// <summary>No probe asks after the last segments (RFC 8985, 7).</summary>
    TailLossProbe = 2,

    /// <summary>A closed window is never asked about (RFC 9293, 3.8.6.1): a lost window update ends all progress.</summary>
    PersistTimer = 4,

    /// <summary>The first slow start goes on until something is lost: no HyStart++ (RFC 9406).</summary>
    HyStart = 8,

    /// <summary>SYNs that find the backlog full are dropped, instead of being answered by a cookie.</summary>
    SynCookies = 16,

    /// <summary>CUBIC halves its window at a loss, as Reno does, instead of keeping 0.7 of it (RFC 9438, 4.6).</summary>
    CubicDecrease = 32,

    /// <summary>CUBIC does not give way further where its window peaks ever lower (RFC 9438, 4.7), as the model of RFC 9438, 5.1 does not.</summary>
    FastConvergence = 64,
}
