namespace NetLab.Osi.Protocols;

/// <summary>Numbers the slots of this process.</summary>
internal static class MemorySlots
{
    private static int s_count;

    public static int Next() => Interlocked.Increment(ref s_count) - 1;
}
