using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Queues;

/// <summary>What <see cref="CoDelState"/> controls.</summary>
internal interface ICoDelQueue
{
    /// <summary>Bytes that wait.</summary>
    long Bytes { get; }

    /// <summary>Takes the one that has waited for longest.</summary>
    bool TryTake(out QueuedDatagram datagram);

    /// <summary>Drops one that was taken.</summary>
    void Drop(in QueuedDatagram datagram, Instant now);
}
