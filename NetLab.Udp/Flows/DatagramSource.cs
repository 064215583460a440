using System.Runtime.InteropServices;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Flows;

/// <summary>
/// The sending end of a fire-and-forget flow: puts a <see cref="ProbeHeader"/> before each payload and sends it,
/// flat out or paced to a rate. Nothing is kept and nothing is sent again.
/// </summary>
public sealed class DatagramSource
{
    private readonly DatagramSocket _socket;
    private readonly DatagramAddress _to;
    private readonly uint _flow;
    private readonly Pacer _pacer;
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly byte[] _header = GC.AllocateArray<byte>(ProbeHeader.Size, pinned: true);
    private readonly ReadOnlyMemory<byte>[] _pieces;
    private ulong _sequence;

    /// <summary>Makes a source that has sent nothing yet.</summary>
    /// <param name="socket">Sends; stays the caller's.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="flow">Number of the flow, which the receiver tells flows apart by.</param>
    /// <param name="bitsPerSecond">Rate of headers and payload together, or 0 for flat out.</param>
    public DatagramSource(DatagramSocket socket, DatagramAddress to, uint flow, long bitsPerSecond = 0)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        _to = to;
        _flow = flow;
        _pacer = new Pacer(bitsPerSecond, _clock.Now);
        _pieces = [MemoryMarshal.CreateFromPinnedArray(_header, 0, _header.Length), default];
    }

    /// <summary>Told of each datagram as it is sent, header and all.</summary>
    public DatagramTap? Tap { get; set; }

    /// <summary>Datagrams handed to the system, those it refused counted.</summary>
    public long Sent => (long)_sequence;

    /// <summary>Bytes of payload in them.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Times the system's send buffer was full and the datagram had to wait.</summary>
    public long Blocked { get; private set; }

    /// <summary>Datagrams the system refused: too large, or no way to the receiver.</summary>
    public long Refused { get; private set; }

    /// <summary>Those of them that a connected socket refused because an earlier one had found nobody who listens.</summary>
    public long Unreachable { get; private set; }

    /// <summary>How long until the rate allows another datagram; zero when it does now.</summary>
    public TimeSpan UntilNextSend => _pacer.Until(_clock.Now);

    /// <summary>How long until the rate allows as many generated datagrams as should leave together.</summary>
    public TimeSpan UntilNextBatch(ProbeBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return _pacer.UntilBatch(_clock.Now, batch.DatagramSize, batch.Capacity);
    }

    /// <summary>Sends one datagram now; the pace is the caller's to keep by <see cref="UntilNextSend"/>.</summary>
    /// <param name="payload">What stands behind the header, up to 65,475 bytes.</param>
    /// <returns>False when the send buffer is full: send the same payload again later.</returns>
    public bool TrySend(ReadOnlyMemory<byte> payload)
    {
        Instant now = _clock.Now;
        int size = ProbeHeader.Size + payload.Length;
        new ProbeHeader(_flow, _sequence, now.Ticks, MonotonicClock.Id, payload.Length).Write(_header, ProbeHeader.SumOf(payload.Span));
        _pieces[1] = payload;
        DatagramSendStatus status = _socket.TrySend(_pieces, 0, size, _to, out _);
        if (status == DatagramSendStatus.Blocked)
        {
            Blocked++;
            return false;
        }

        if (Tap is { } tap)
        {
            byte[] datagram = [.. _header, .. payload.Span];
            tap(now, datagram, _to, true);
        }

        Refused += status == DatagramSendStatus.Sent ? 0 : 1;
        Unreachable += status == DatagramSendStatus.Unreachable ? 1 : 0;
        Count(now, 1, size);
        return true;
    }

    /// <summary>
    /// Sends generated datagrams, as many as one call carries and the rate allows now: at least one, whatever the rate says.
    /// </summary>
    /// <param name="batch">Their size, and where they are written.</param>
    /// <param name="most">How many at most, at least 1.</param>
    /// <returns>How many were handed to the system, those it refused counted; 0 when the send buffer is full.</returns>
    public int TrySend(ProbeBatch batch, int most)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        Instant now = _clock.Now;
        int count = _pacer.Allowed(now, batch.DatagramSize, Math.Min(most, batch.Capacity));
        var first = new ProbeHeader(_flow, _sequence, now.Ticks, MonotonicClock.Id, batch.DatagramSize - ProbeHeader.Size);
        ReadOnlySpan<byte> datagrams = batch.Write(first, count);
        DatagramSendStatus status = _socket.TrySend(datagrams, batch.DatagramSize, _to, out int bytesSent);
        int sent = bytesSent / batch.DatagramSize;
        if (status == DatagramSendStatus.Blocked)
        {
            Blocked++;
        }
        else if (status != DatagramSendStatus.Sent)
        {
            // What the system refuses is gone, like anything else that is fired and forgotten.
            Refused += count - sent;
            sent = count;
        }

        if (Tap is { } tap)
        {
            for (int i = 0; i < sent; i++)
            {
                tap(now, datagrams.Slice(i * batch.DatagramSize, batch.DatagramSize), _to, true);
            }
        }

        Count(now, sent, batch.DatagramSize);
        return sent;
    }

    private void Count(Instant now, int datagrams, int size)
    {
        _sequence += (ulong)datagrams;
        SentBytes += (long)datagrams * (size - ProbeHeader.Size);
        _pacer.Count(now, (long)size * datagrams);
    }
}
