using System.Buffers;

namespace NetLab.Benchmarks.Soak;

/// <summary>A pool that knows what has not come back.</summary>
internal sealed class CountingPool : MemoryPool<byte>
{
    private long _out;

    /// <summary>Blocks that are lent.</summary>
    public long Lent => Interlocked.Read(ref _out);

    /// <inheritdoc/>
    public override int MaxBufferSize => Shared.MaxBufferSize;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _out);
        return new Block(this, Shared.Rent(minBufferSize));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(CountingPool pool, IMemoryOwner<byte> owner) : IMemoryOwner<byte>
    {
        private int _returned;

        public Memory<byte> Memory => owner.Memory;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
            {
                Interlocked.Decrement(ref pool._out);
                owner.Dispose();
            }
        }
    }
}
