using System.Runtime.CompilerServices;

namespace NetLab.Tcp.Segments;

/// <summary>Up to four SACK blocks, held in place: more do not fit in 40 bytes of options (RFC 2018, 3).</summary>
public struct SackBlocks : IEquatable<SackBlocks>
{
    /// <summary>How many blocks an option can carry.</summary>
    public const int Capacity = 4;

    private Blocks _blocks;

    /// <summary>How many blocks there are.</summary>
    public int Count { get; private set; }

    /// <summary>A block by position, the most recent first.</summary>
    public readonly SackBlock this[int index] =>
        (uint)index < (uint)Count ? _blocks[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Appends a block; the fifth and later ones are left out.</summary>
    public void Add(SackBlock block)
    {
        if (Count < Capacity)
        {
            _blocks[Count++] = block;
        }
    }

    /// <summary>Keeps only the first blocks, so that the rest of the options fit beside them.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);

    /// <inheritdoc/>
    public readonly bool Equals(SackBlocks other)
    {
        if (Count != other.Count)
        {
            return false;
        }

        for (int i = 0; i < Count; i++)
        {
            if (_blocks[i] != other._blocks[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is SackBlocks other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Count, Count > 0 ? _blocks[0] : default);

    /// <summary>Whether both hold the same blocks in the same order.</summary>
    public static bool operator ==(SackBlocks left, SackBlocks right) => left.Equals(right);

    /// <summary>Whether the blocks differ.</summary>
    public static bool operator !=(SackBlocks left, SackBlocks right) => !left.Equals(right);

    [InlineArray(Capacity)]
    private struct Blocks
    {
        private SackBlock _first;
    }
}
