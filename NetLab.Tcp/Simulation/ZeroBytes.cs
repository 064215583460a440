using System.Buffers;

namespace NetLab.Tcp.Simulation;

/// <summary>Any number of zeros that take the memory of one block: what an application writes whose bytes nobody looks at.</summary>
internal static class ZeroBytes
{
    private const int BlockSize = 1 << 18;
    private const int Blocks = 2_048;

    private static readonly (Block First, Block Last) Chain = Make();

    /// <summary>The most there are at once.</summary>
    public const long Max = (long)BlockSize * Blocks;

    /// <summary>So many zeros.</summary>
    /// <param name="count">0 to <see cref="Max"/>.</param>
    public static ReadOnlySequence<byte> Of(long count) => new ReadOnlySequence<byte>(Chain.First, 0, Chain.Last, BlockSize).Slice(0, count);

    private static (Block First, Block Last) Make()
    {
        ReadOnlyMemory<byte> zeros = new byte[BlockSize];
        var first = new Block(zeros);
        Block last = first;
        for (int i = 1; i < Blocks; i++)
        {
            last = last.Append(zeros);
        }

        return (first, last);
    }

    private sealed class Block : ReadOnlySequenceSegment<byte>
    {
        public Block(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Block Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Block(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
