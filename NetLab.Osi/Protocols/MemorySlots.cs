namespace NetLab.Osi.Protocols;

/// <summary>Numbers the slots of this process.</summary>
internal static class MemorySlots
{
    private static int _lastNumber;

    public static int Next() => Interlocked.Increment(ref _lastNumber) - 1;
}
