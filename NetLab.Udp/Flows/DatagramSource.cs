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
    private readonly long _bitsPerSecond;
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly byte[] _datagram = GC.AllocateUninitializedArray<byte>(DatagramSocket.MaxDatagramSize);
    private ulong _sequence;
    private Instant _nextSend;

    /// <summary>Makes a source that has sent nothing yet.</summary>
    /// <param name="socket">Sends; stays the caller's.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="flow">Number of the flow, which the receiver tells flows apart by.</param>
    /// <param name="bitsPerSecond">Rate of headers and payload together, or 0 for flat out.</param>
    public DatagramSource(DatagramSocket socket, DatagramAddress to, uint flow, long bitsPerSecond = 0)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentOutOfRangeException.ThrowIfNegative(bitsPerSecond);
        _socket = socket;
        _to = to;
        _flow = flow;
        _bitsPerSecond = bitsPerSecond;
        _nextSend = _clock.Now;
    }

    /// <summary>Told of each datagram as it is sent, header and all.</summary>
    public DatagramTap? Tap { get; set; }

    /// <summary>Datagrams handed to the system.</summary>
    public long Sent => (long)_sequence;

    /// <summary>Bytes of payload in them.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Times the system's send buffer was full and the datagram had to wait.</summary>
    public long Blocked { get; private set; }

    /// <summary>Datagrams the system refused: too large, or no way to the receiver.</summary>
    public long Refused { get; private set; }

    /// <summary>How long until the rate allows another datagram; zero when it does now.</summary>
    public TimeSpan UntilNextSend
    {
        get
        {
            TimeSpan wait = _nextSend - _clock.Now;
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>Sends one datagram now; the pace is the caller's to keep by <see cref="UntilNextSend"/>.</summary>
    /// <param name="payload">What stands behind the header, up to 65,475 bytes.</param>
    /// <returns>False when the send buffer is full: send the same payload again later.</returns>
    public bool TrySend(ReadOnlySpan<byte> payload)
    {
        Span<byte> datagram = _datagram.AsSpan(0, ProbeHeader.Size + payload.Length);
        payload.CopyTo(datagram[ProbeHeader.Size..]);
        Instant now = _clock.Now;
        new ProbeHeader(_flow, _sequence, now.Ticks, payload.Length).Write(datagram);
        DatagramSendStatus status = _socket.TrySend(datagram, datagram.Length, _to, out _);
        if (status == DatagramSendStatus.Blocked)
        {
            Blocked++;
            return false;
        }

        Refused += status == DatagramSendStatus.Sent ? 0 : 1;
        Tap?.Invoke(now, datagram, _to, true);
        _sequence++;
        SentBytes += payload.Length;
        if (_bitsPerSecond > 0)
        {
            // Timers of a busy system are late by milliseconds: so much is caught up, a longer pause is lost.
            Instant earliest = now - TimeSpan.FromMilliseconds(10);
            _nextSend = Instant.Max(_nextSend, earliest)
                + TimeSpan.FromTicks(datagram.Length * 8L * TimeSpan.TicksPerSecond / _bitsPerSecond);
        }

        return true;
    }
}
