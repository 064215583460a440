namespace NetLab.Tcp.Memory;

/// <summary>What one connection holds of its endpoint's budget.</summary>
/// <param name="budget">The budget; null for none, which allows everything.</param>
internal sealed class MemoryAccount(MemoryBudget? budget)
{
    // The objects of a connection that holds no data, with the pipes and what waits at either end of them (NetLab.Benchmarks, hostile-memory).
    private const int ConnectionBytes = 10 << 10;

    private long _connection;
    private long _unread;
    private long _outOfOrder;
    private long _unacknowledged;

    /// <summary>Lets go of the out-of-order queue.</summary>
    public Action? Forget { get; set; }

    /// <summary>Whether all of the budget is used.</summary>
    public bool IsExhausted => budget is { IsExhausted: true };

    /// <summary>How large a window may be that would like to be of a size.</summary>
    public long Allow(long size) => budget?.Allow(size) ?? size;

    /// <summary>How many more bytes may be taken.</summary>
    public long Admit() => budget is { IsExhausted: true } ? budget.Admit(_unread) : long.MaxValue;

    /// <summary>A segment was refused for want of memory.</summary>
    public void OnRefused() => budget?.OnSegmentRefused();

    /// <summary>The connection is in the endpoint's table.</summary>
    public void Open() => Set(ref _connection, ConnectionBytes);

    /// <summary>Bytes delivered and not read.</summary>
    public void SetUnread(long bytes) => SetPiped(ref _unread, bytes);

    /// <summary>Bytes written and not acknowledged.</summary>
    public void SetUnacknowledged(long bytes) => SetPiped(ref _unacknowledged, bytes);

    /// <summary>Bytes that the out-of-order queue takes, with all it needs beside the payload.</summary>
    public void SetOutOfOrder(long bytes)
    {
        if (bytes != _outOfOrder)
        {
            budget?.Track(this, _outOfOrder, bytes);
            Set(ref _outOfOrder, bytes);
        }
    }

    /// <summary>Lets go of the out-of-order queue, which its owner reports.</summary>
    public void ForgetOutOfOrder()
    {
        Forget?.Invoke();
        SetOutOfOrder(0);
    }

    /// <summary>The connection holds no data any more.</summary>
    public void Release()
    {
        SetUnread(0);
        SetUnacknowledged(0);
        SetOutOfOrder(0);
    }

    /// <summary>The connection has left the table.</summary>
    public void Close()
    {
        Release();
        Set(ref _connection, 0);
    }

    // What lies in a pipe is counted by the pool whose blocks it lies in, if there is one that counts.
    private void SetPiped(ref long part, long bytes)
    {
        if (budget is { CountsBlocks: true })
        {
            part = bytes;
        }
        else
        {
            Set(ref part, bytes);
        }
    }

    private void Set(ref long part, long bytes)
    {
        if (bytes != part)
        {
            budget?.Add(bytes - part);
            part = bytes;
        }
    }
}
