using NetLab.Host.Streams;

namespace NetLab.Host.Services;

/// <summary>A stream that a service serves, and what passed on it.</summary>
/// <param name="stream">The stream.</param>
internal sealed class ServedStream(LabStream stream)
{
    private long _moved;

    /// <summary>The stream.</summary>
    public LabStream Stream { get; } = stream;

    /// <summary>When something last passed, in milliseconds of the machine's running.</summary>
    public long LastMoved { get; private set; } = Environment.TickCount64;

    /// <summary>Bytes that passed, both ways together.</summary>
    public long Moved => Interlocked.Read(ref _moved);

    /// <summary>Where it is among the others; theirs to change.</summary>
    public int Place { get; set; } = -1;

    /// <summary>Counts what passed.</summary>
    public void Count(long bytes)
    {
        Interlocked.Add(ref _moved, bytes);
        LastMoved = Environment.TickCount64;
    }
}
