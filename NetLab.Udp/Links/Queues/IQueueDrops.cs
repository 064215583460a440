using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Queues;

/// <summary>Told which datagrams a queue dropped, whether as they came or after they had waited.</summary>
internal interface IQueueDrops
{
    /// <summary>Takes a datagram that will not leave the queue.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="now">When it was dropped.</param>
    /// <param name="isEarly">True when the discipline chose to; false when there was no room.</param>
    void OnDropped(in QueuedDatagram datagram, Instant now, bool isEarly);
}
