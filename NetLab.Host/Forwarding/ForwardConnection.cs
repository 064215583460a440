namespace NetLab.Host.Forwarding;

/// <summary>A connection that is passed on: who it came from, and what passed.</summary>
/// <param name="client">The client's address and port.</param>
/// <param name="opened">When it was accepted.</param>
internal sealed class ForwardConnection(string client, DateTimeOffset opened)
{
    private long _up;
    private long _down;

    /// <summary>The client's address and port.</summary>
    public string Client => client;

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset Opened => opened;

    /// <summary>When it was over; null while it is open.</summary>
    public DateTimeOffset? Closed { get; set; }

    /// <summary>Why it broke; null if it was closed by both sides, or is open.</summary>
    public string? Failure { get; set; }

    /// <summary>Bytes from the client to the target.</summary>
    public long BytesUp => Interlocked.Read(ref _up);

    /// <summary>Bytes from the target to the client.</summary>
    public long BytesDown => Interlocked.Read(ref _down);

    /// <summary>Counts bytes on their way up.</summary>
    public void CountUp(long bytes) => Interlocked.Add(ref _up, bytes);

    /// <summary>Counts bytes on their way down.</summary>
    public void CountDown(long bytes) => Interlocked.Add(ref _down, bytes);
}
