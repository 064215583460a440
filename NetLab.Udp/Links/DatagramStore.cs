namespace NetLab.Udp.Links;

/// <summary>
/// Memory for datagrams on a link, kept for the next ones when they have left: what a link needs at its busiest, it
/// allocates once. The shared array pool keeps too few of a size for the thousands a delay holds.
/// </summary>
internal sealed class DatagramStore
{
    // A small question, an Ethernet frame, a jumbo frame, the largest UDP knows.
    private static readonly int[] Sizes = [256, 2048, 9216, 1 << 16];

    // A gigabit a second of Ethernet frames for a tenth of a second.
    private const long MaxKept = 16 << 20;

    private readonly Stack<byte[]>[] _free = [new(), new(), new(), new()];

    /// <summary>Memory for so many bytes, at most 65,536.</summary>
    public byte[] Take(int length)
    {
        int index = IndexOf(length);
        return _free[index].TryPop(out byte[]? bytes) ? bytes : GC.AllocateUninitializedArray<byte>(Sizes[index]);
    }

    /// <summary>Bytes of memory that a datagram of a length takes.</summary>
    public static int SizeFor(int length) => Sizes[IndexOf(length)];

    /// <summary>Gives it back.</summary>
    public void Return(byte[] bytes)
    {
        // What is kept for later is bounded too: else each size in turn could fill the link, and stay.
        Stack<byte[]> free = _free[IndexOf(bytes.Length)];
        if ((long)free.Count * bytes.Length < MaxKept)
        {
            free.Push(bytes);
        }
    }

    private static int IndexOf(int length)
    {
        int index = 0;
        while (Sizes[index] < length)
        {
            index++;
        }

        return index;
    }
}
