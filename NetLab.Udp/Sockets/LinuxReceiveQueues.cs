namespace NetLab.Udp.Sockets;

/// <summary>
/// The process's <see cref="LinuxReceiveQueue"/>s: a queue is lent for the time in which datagrams wait in it, so that a thousand
/// sockets take no more of them than receive at one moment. Safe for use by several threads.
/// </summary>
internal static class LinuxReceiveQueues
{
    // As many as threads can be receiving; what more there were when many sockets had something left, the collector takes.
    private static readonly LinuxReceiveQueue?[] Free = new LinuxReceiveQueue?[Math.Max(2, Environment.ProcessorCount)];

    /// <summary>One that is empty; null where there is no memory for another one: it is four MiB, and nobody needs it to go on.</summary>
    public static LinuxReceiveQueue? TryTake()
    {
        for (int i = 0; i < Free.Length; i++)
        {
            if (Volatile.Read(ref Free[i]) is not null && Interlocked.Exchange(ref Free[i], null) is { } queue)
            {
                return queue;
            }
        }

        try
        {
            return new LinuxReceiveQueue();
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Takes back one in which nothing waits and that nobody else uses any more.</summary>
    public static void Return(LinuxReceiveQueue queue)
    {
        for (int i = 0; i < Free.Length; i++)
        {
            if (Volatile.Read(ref Free[i]) is null && Interlocked.CompareExchange(ref Free[i], queue, null) is null)
            {
                return;
            }
        }
    }
}
