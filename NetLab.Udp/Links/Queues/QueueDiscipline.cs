using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Queues;

/// <summary>
/// What waits before a line, and who of it goes next. A pure function of the calls: time is an argument, and a random number
/// comes with each datagram.
/// </summary>
internal abstract class QueueDiscipline(QueueLimit limit, IQueueDrops drops)
{
    /// <summary>Datagrams that wait.</summary>
    public int Count { get; protected set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; protected set; }

    /// <summary>How much may wait; may be changed, which drops nothing that waits already.</summary>
    public QueueLimit Limit { get; set; } = limit;

    /// <summary>Whether who sends to whom matters.</summary>
    public virtual bool NeedsFlow => false;

    protected IQueueDrops Drops { get; } = drops;

    /// <summary>The queue that settings ask for.</summary>
    /// <param name="settings">Its kind and parameters.</param>
    /// <param name="limit">How much may wait.</param>
    /// <param name="seed">The link's seed.</param>
    /// <param name="drops">Told what is dropped.</param>
    public static QueueDiscipline Create(QueueSettings settings, QueueLimit limit, ulong seed, IQueueDrops drops) => settings switch
    {
        DropTailSettings dropTail => new DropTailQueue(dropTail, limit, drops),
        CoDelSettings codel => new CoDelQueue(codel, limit, drops),
        FqCoDelSettings fair => new FqCoDelQueue(fair, limit, seed, drops),
        PieSettings pie => new PieQueue(pie, limit, drops),
        RedSettings red => new RedQueue(red, limit, drops),
        _ => throw new ArgumentException($"There is no queue for {settings.GetType().Name}.", nameof(settings)),
    };

    /// <summary>Takes a datagram, or drops it and says so.</summary>
    /// <param name="now">The present moment; never before the last one.</param>
    /// <param name="datagram">The datagram.</param>
    /// <param name="inService">Bytes of the datagram being sent that have not left.</param>
    public abstract void Enqueue(Instant now, in QueuedDatagram datagram, double inService);

    /// <summary>Takes out what the line sends next; on the way it may drop what waited too long.</summary>
    /// <param name="now">The moment the line is free.</param>
    /// <param name="datagram">The datagram.</param>
    /// <returns>False when nothing is left.</returns>
    public abstract bool TryDequeue(Instant now, out QueuedDatagram datagram);

    /// <summary>Takes out the next one as it is, to move it to another queue.</summary>
    public abstract bool TryRemove(out QueuedDatagram datagram);

    /// <summary>Whether there is room. An idle line takes any datagram: a queue is what waits behind it.</summary>
    protected bool HasRoomFor(in QueuedDatagram datagram, double inService) =>
        Count < Limit.Datagrams && (Bytes + inService <= 0 || Bytes + inService + datagram.Bytes <= Limit.Bytes);
}
