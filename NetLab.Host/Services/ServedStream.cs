using NetLab.Host.Streams;

namespace NetLab.Host.Services;

/// <summary>A stream that a service serves, and what passed on it.</summary>
/// <param name="stream">The stream.</param>
/// <param name="time">Says what time it is.</param>
internal sealed class ServedStream(LabStream stream, TimeProvider time)
{
    // Whoever has exchanged so much is known; more does not keep it for ever.
    private const int MostTurns = 64;

    private long _moved;
    private long _lastMoved = time.GetTimestamp();
    private int _turns;

    /// <summary>The stream.</summary>
    public LabStream Stream { get; } = stream;

    /// <summary>Bytes that passed, both ways together.</summary>
    public long Moved => Interlocked.Read(ref _moved);

    /// <summary>
    /// How well it can be spared: how long nothing has passed, for each time that something did. One that has gone on for a while is kept
    /// over a short silence before one that never said anything.
    /// </summary>
    public TimeSpan Idleness => time.GetElapsedTime(Interlocked.Read(ref _lastMoved)) / (1 + Volatile.Read(ref _turns));

    /// <summary>Where it is among the others; theirs to change.</summary>
    public int Place { get; set; } = -1;

    /// <summary>Counts what passed. One thread's at a time.</summary>
    public void Count(long bytes)
    {
        Interlocked.Add(ref _moved, bytes);
        Interlocked.Exchange(ref _lastMoved, time.GetTimestamp());
        Volatile.Write(ref _turns, Math.Min(_turns + 1, MostTurns));
    }
}
