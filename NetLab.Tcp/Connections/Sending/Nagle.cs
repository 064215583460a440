namespace NetLab.Tcp.Connections.Sending;

/// <summary>
/// Whether a segment that is not full goes now: Nagle's algorithm (RFC 9293, 3.7.4) and the sender's part in avoiding silly windows
/// (RFC 9293, 3.8.6.2.1).
/// </summary>
/// <param name="isOn">Whether small segments wait for an acknowledgment.</param>
internal struct Nagle(bool isOn)
{
    /// <summary>Whether small segments wait for an acknowledgment.</summary>
    public bool IsOn { get; set; } = isOn;

    /// <summary>
    /// Whether it goes: if it empties the queue, and nothing is outstanding or nobody minds; or if it is at least half of the largest window
    /// that the peer ever offered. Otherwise the window has to open, or the probe's timer helps.
    /// </summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="isLast">Whether nothing is written behind them.</param>
    /// <param name="hasOutstanding">Whether anything is sent and not acknowledged.</param>
    /// <param name="maxWindow">The largest window offered.</param>
    public readonly bool Allows(int length, bool isLast, bool hasOutstanding, long maxWindow) =>
        isLast ? !IsOn || !hasOutstanding : length >= Math.Max(1, maxWindow / 2);
}
