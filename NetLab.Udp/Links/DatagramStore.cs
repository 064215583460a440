using NetLab.Udp.Sockets;

namespace NetLab.Udp.Links;

/// <summary>
/// Memory for datagrams on a link, kept for the next ones when they have left: what a link needs at its busiest, it
/// allocates once. The shared array pool keeps too few of a size for the thousands a delay holds.
/// </summary>
/// <param name="capacity">Bytes that what is lent and what is kept may take together, as long as what is lent alone does not take more.</param>
internal sealed class DatagramStore(long capacity)
{
    /// <summary>Bytes of the largest memory: whatever a call receives.</summary>
    public const int LargestSize = DatagramSocket.ReceiveBufferLength;

    // A small question, an Ethernet frame, a jumbo frame, a batch or the largest that UDP knows.
    private static readonly int[] Sizes = [256, 2048, 9216, LargestSize];

    private readonly Stack<byte[]>[] _free = [new(), new(), new(), new()];
    private long _allocated;

    /// <summary>Memory for so many bytes, at most 65,536. What came back last goes first: it is in the processor's cache still.</summary>
    public byte[] Take(int length)
    {
        int index = IndexOf(length);
        if (_free[index].TryPop(out byte[]? bytes))
        {
            return bytes;
        }

        // What is kept is bounded with what is lent: else each size in turn could fill the link, and stay.
        for (int i = Sizes.Length - 1; i >= 0 && _allocated + Sizes[index] > capacity; i--)
        {
            while (_allocated + Sizes[index] > capacity && _free[i].TryPop(out _))
            {
                _allocated -= Sizes[i];
            }
        }

        _allocated += Sizes[index];

        // The system writes into the largest: they stay where they are, and nobody moves them about while they are new.
        return GC.AllocateUninitializedArray<byte>(Sizes[index], pinned: Sizes[index] == LargestSize);
    }

    /// <summary>Bytes of memory that a datagram of a length takes.</summary>
    public static int SizeFor(int length) => Sizes[IndexOf(length)];

    /// <summary>Gives it back.</summary>
    public void Return(byte[] bytes)
    {
        if (_allocated > capacity)
        {
            _allocated -= bytes.Length;
            return;
        }

        _free[IndexOf(bytes.Length)].Push(bytes);
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
