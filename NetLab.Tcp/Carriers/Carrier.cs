using System.Net;
using NetLab.Tcp.Endpoints;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Carriers;

/// <summary>
/// What segments travel in, as an endpoint's loop uses it: batches of segments in and out, whose checksums have both addresses as zero, and something to
/// wait for. All is the loop's thread's but for <see cref="Wake"/>.
/// </summary>
internal abstract class Carrier : IDisposable
{
    /// <summary>Where it is bound; the port is 0 where the carrier has no ports of its own.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>What has passed.</summary>
    public abstract DatagramSocketStatistics Statistics { get; }

    /// <summary>Whether segments of no connection are somebody else's to answer: of a stack beside this one.</summary>
    public virtual bool IsShared => false;

    /// <summary>Whether segments come one by one, though several could have come together.</summary>
    public virtual bool IsUncoalesced => false;

    /// <summary>Whether segments are in this process already.</summary>
    public virtual bool HasWaiting => false;

    /// <summary>The largest segment that may be sent to a peer and received from it, payload and options, in bytes (RFC 6691).</summary>
    public virtual int MaxSegmentSizeFor(in DatagramAddress peer) => int.MaxValue;

    /// <summary>Receives what is waiting, if anything is.</summary>
    /// <param name="segments">They, back to back, in memory that is the carrier's until the next call.</param>
    /// <param name="batch">What was received; the sender's address has its UDP port, or its TCP port where there is no UDP.</param>
    public abstract DatagramReceiveStatus TryReceive(out ReadOnlySpan<byte> segments, out DatagramBatch batch);

    /// <summary>Sends segments of <paramref name="segmentSize"/> bytes, the last may be shorter.</summary>
    /// <param name="segments">They, back to back.</param>
    /// <param name="segmentSize">Bytes of each but the last; at least 1.</param>
    /// <param name="to">The peer.</param>
    /// <param name="ecn">The ECN field of their IP headers.</param>
    /// <param name="bytesSent">How many bytes were taken: all of them, or a whole number of segments.</param>
    public abstract DatagramSendStatus TrySend(ReadOnlySpan<byte> segments, int segmentSize, in DatagramAddress to, EcnCodepoint ecn, out int bytesSent);

    /// <summary>After <see cref="DatagramReceiveStatus.Refused"/>: has the machines learn what the network has reported.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="demultiplexer">They.</param>
    public abstract void Report(Instant now, Demultiplexer demultiplexer);

    /// <summary>Blocks until something is to be done.</summary>
    /// <param name="timeout">How long at most; negative waits for ever.</param>
    /// <param name="isBlocked">Whether room to send is waited for as well.</param>
    public abstract void Wait(TimeSpan timeout, bool isBlocked);

    /// <summary>Ends the present wait, or the next one if none is under way. For any thread.</summary>
    public abstract void Wake();

    /// <summary>There will be no more waits.</summary>
    public abstract void EndWaits();

    /// <inheritdoc/>
    public abstract void Dispose();
}
