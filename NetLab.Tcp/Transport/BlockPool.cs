using System.Buffers;
using System.Runtime.InteropServices;
using NetLab.Tcp.Memory;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <summary>
/// An endpoint's own memory, in blocks of one size: the one given back last is given out first, as it is the likeliest to be in the
/// processor's cache. The framework's shared pool keeps fewer blocks than a few windows take, and makes the rest anew each time.
/// </summary>
/// <remarks>Blocks are charged to a budget from when they are made until the pool lets go of them, and while that is short none is kept.</remarks>
internal sealed class BlockPool : MemoryPool<byte>
{
    /// <summary>Bytes of a block. Larger than a pipe's own 4 KiB: a window is then a few dozen blocks to walk, and not hundreds.</summary>
    public const int BlockSize = 16_384;

    // What was not needed for so long is left to the garbage collector.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Readers and writers give back on threads of their own.
    private readonly Lock _lock = new();
    private readonly MemoryBudget? _budget;
    private readonly Stack<byte[]> _spare = new();
    private int _leastSpare;
    private int _lent;
    private bool _closed;
    private Instant _trimAt;

    /// <param name="budget">What pays for the blocks, which are then not counted byte by byte; null for nobody.</param>
    public BlockPool(MemoryBudget? budget = null)
    {
        _budget = budget;
        if (budget is not null)
        {
            budget.CountsBlocks = true;
        }
    }

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockSize;

    /// <summary>Blocks that are kept and not in use.</summary>
    public int Spare
    {
        get
        {
            lock (_lock)
            {
                return _spare.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        byte[]? block;
        lock (_lock)
        {
            _lent++;
            if (_spare.TryPop(out block))
            {
                _leastSpare = Math.Min(_leastSpare, _spare.Count);
            }
        }

        return new Block(this, block ?? Make());
    }

    /// <summary>Lets go of the blocks that nobody has needed since the last time, which is a second ago or more.</summary>
    /// <returns>When to come again; <see cref="Instant.Never"/> if there is nothing to let go of, nor will be.</returns>
    public Instant Trim(Instant now)
    {
        lock (_lock)
        {
            if (now >= _trimAt || _budget?.IsPressed == true)
            {
                _leastSpare = _budget?.IsPressed == true ? _spare.Count : _leastSpare;
                for (; _leastSpare > 0; _leastSpare--)
                {
                    _spare.Pop();
                    _budget?.Add(-BlockSize);
                }

                (_leastSpare, _trimAt) = (_spare.Count, now + Patience);
            }

            return _spare.Count + _lent == 0 ? Instant.Never : _trimAt;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Nobody trims it any more: what comes back from now on is not kept.
        lock (_lock)
        {
            _closed = true;
            _leastSpare = 0;
            _budget?.Add(-(long)_spare.Count * BlockSize);
            _spare.Clear();
        }
    }

    private byte[] Make()
    {
        // Before it is made, and not after: of several that make one at once, all see what the others are about to have.
        _budget?.Add(BlockSize);
        try
        {
            return GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);
        }
        catch
        {
            _budget?.Add(-BlockSize);
            throw;
        }
    }

    private void GiveBack(byte[] block)
    {
        lock (_lock)
        {
            _lent--;
            if (!_closed && _budget?.IsPressed != true)
            {
                _spare.Push(block);
            }
            else
            {
                _budget?.Add(-BlockSize);
            }
        }
    }

    // One for each time a block is given out: whoever gives it back twice does not give back the next one's.
    private sealed class Block(BlockPool pool, byte[] bytes) : IMemoryOwner<byte>
    {
        private byte[]? _bytes = bytes;

        public Memory<byte> Memory
        {
            get
            {
                byte[]? bytes = _bytes;
                ObjectDisposedException.ThrowIf(bytes is null, this);
                return MemoryMarshal.CreateFromPinnedArray(bytes, 0, bytes.Length);
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
            {
                pool.GiveBack(bytes);
            }
        }
    }
}
