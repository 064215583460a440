namespace NetLab.Tcp.Simulation.Drill.Sockets;

/// <summary>What a system call came to.</summary>
/// <param name="Value">What it returns.</param>
/// <param name="Error">The name of the error; null if there is none.</param>
/// <param name="WouldBlock">Whether a call that may wait would go on waiting.</param>
internal readonly record struct CallResult(long Value, string? Error, bool WouldBlock)
{
    /// <summary>It worked.</summary>
    public static CallResult Done(long value = 0) => new(value, null, false);

    /// <summary>It failed.</summary>
    public static CallResult Failed(string error) => new(-1, error, false);

    /// <summary>It has to wait; one that must not wait returns this error.</summary>
    public static CallResult Waits(string error = "EAGAIN") => new(-1, error, true);
}
