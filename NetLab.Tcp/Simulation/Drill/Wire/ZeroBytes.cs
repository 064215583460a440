using System.Buffers;

namespace NetLab.Tcp.Simulation.Drill.Wire;

/// <summary>Any number of zeros in little memory: one block, again and again.</summary>
internal static class ZeroBytes
{
    private const int BlockSize = 1 << 16;

    private static readonly byte[] Block = new byte[BlockSize];

    /// <summary>So many zeros.</summary>
    public static ReadOnlySequence<byte> Sequence(long length)
    {
        if (length <= BlockSize)
        {
            return new ReadOnlySequence<byte>(Block, 0, (int)length);
        }

        var first = new Link(0, BlockSize);
        Link last = first;
        for (long at = BlockSize; at < length; at += BlockSize)
        {
            last = last.Append((int)Math.Min(BlockSize, length - at));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Link : ReadOnlySequenceSegment<byte>
    {
        public Link(long index, int length)
        {
            RunningIndex = index;
            Memory = Block.AsMemory(0, length);
        }

        public Link Append(int length)
        {
            var next = new Link(RunningIndex + Memory.Length, length);
            Next = next;
            return next;
        }
    }
}
