using System.Buffers;
using System.Runtime.InteropServices;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Transport;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>The endpoint's own memory.</summary>
public sealed class BlockPoolTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void What_was_given_back_last_is_given_out_first()
    {
        using var pool = new BlockPool();
        IMemoryOwner<byte> first = pool.Rent();
        IMemoryOwner<byte> second = pool.Rent(BlockPool.BlockSize);
        byte[] bytes = ArrayOf(second);
        Assert.NotSame(ArrayOf(first), bytes);
        Assert.Equal((BlockPool.BlockSize, BlockPool.BlockSize), (first.Memory.Length, second.Memory.Length));
        first.Dispose();
        second.Dispose();
        using IMemoryOwner<byte> third = pool.Rent(1);
        Assert.Same(bytes, ArrayOf(third));
    }

    [Fact]
    public void A_block_given_back_twice_is_not_given_out_twice()
    {
        using var pool = new BlockPool();
        IMemoryOwner<byte> careless = pool.Rent();
        careless.Dispose();
        using IMemoryOwner<byte> next = pool.Rent();
        careless.Dispose();
        Assert.Equal(0, pool.Spare);
        Assert.Throws<ObjectDisposedException>(() => careless.Memory);
        Assert.Equal(BlockPool.BlockSize, next.Memory.Length);
    }

    [Fact]
    public void What_nobody_needed_for_a_second_is_let_go()
    {
        using var pool = new BlockPool();
        var now = default(Instant);
        Assert.Equal(Instant.Never, pool.Trim(now));
        using (pool.Rent())
        {
            Assert.NotEqual(Instant.Never, pool.Trim(now));
        }

        GiveBack(pool, 10);
        Assert.Equal(now + Second, pool.Trim(now));

        // Of ten, four are needed at once in the second that follows; to look again before one is over changes nothing.
        now += Second;
        Assert.Equal(now + Second, pool.Trim(now));
        GiveBack(pool, 4);
        Assert.Equal(10, pool.Spare);
        now += Second;
        pool.Trim(now);
        Assert.Equal(4, pool.Spare);
        now += TimeSpan.FromMilliseconds(140);
        pool.Trim(now);
        Assert.Equal(4, pool.Spare);
        now += Second;
        Assert.Equal(Instant.Never, pool.Trim(now));
        Assert.Equal(0, pool.Spare);
    }

    [Fact]
    public void What_comes_back_to_a_pool_that_is_done_with_is_not_kept()
    {
        var pool = new BlockPool();
        IMemoryOwner<byte> late = pool.Rent();
        GiveBack(pool, 3);
        pool.Dispose();
        Assert.Equal(0, pool.Spare);
        late.Dispose();
        GiveBack(pool, 2);
        Assert.Equal(0, pool.Spare);
    }

    [Fact]
    public void A_block_is_paid_for_until_the_pool_lets_go_of_it_and_none_is_kept_while_memory_is_short()
    {
        var budget = new MemoryBudget(MemoryBudget.MinLimit);
        var pool = new BlockPool(budget);
        IMemoryOwner<byte> first = pool.Rent();
        Assert.Equal(BlockPool.BlockSize, budget.Used);
        first.Dispose();
        Assert.Equal((1, BlockPool.BlockSize), (pool.Spare, budget.Used));

        // The spare one is no second one.
        first = pool.Rent();
        Assert.Equal(BlockPool.BlockSize, budget.Used);
        budget.Add(budget.Limit / 2);
        first.Dispose();
        Assert.Equal((0, budget.Limit / 2), (pool.Spare, budget.Used));
        budget.Add(-budget.Limit / 2);
        GiveBack(pool, 5);
        Assert.Equal((5, 5L * BlockPool.BlockSize), (pool.Spare, budget.Used));

        // Others need it: those that were kept go at once, and not after a second.
        budget.Add(budget.Limit / 2);
        pool.Trim(default);
        Assert.Equal((0, budget.Limit / 2), (pool.Spare, budget.Used));
        budget.Add(-budget.Limit / 2);
        GiveBack(pool, 3);
        IMemoryOwner<byte> late = pool.Rent();
        pool.Dispose();
        Assert.Equal(BlockPool.BlockSize, budget.Used);
        late.Dispose();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public void Threads_never_share_a_block()
    {
        using var pool = new BlockPool();
        Parallel.For(0, 4, thread =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                using IMemoryOwner<byte> block = pool.Rent();
                block.Memory.Span.Fill((byte)thread);
                Thread.Yield();
                Assert.False(block.Memory.Span.ContainsAnyExcept((byte)thread));
            }
        });
    }

    [Fact]
    public void More_than_a_block_is_asked_for_in_vain()
    {
        using var pool = new BlockPool();
        Assert.Equal(BlockPool.BlockSize, pool.MaxBufferSize);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(BlockPool.BlockSize + 1));
    }

    private static void GiveBack(BlockPool pool, int count)
    {
        foreach (IMemoryOwner<byte> block in Enumerable.Range(0, count).Select(_ => pool.Rent()).ToList())
        {
            block.Dispose();
        }
    }

    private static byte[] ArrayOf(IMemoryOwner<byte> block)
    {
        Assert.True(MemoryMarshal.TryGetArray<byte>(block.Memory, out ArraySegment<byte> segment));
        return segment.Array!;
    }
}
