using NetLab.Udp.Sockets;

namespace NetLab.Udp.Links;

/// <summary>Collects datagrams of one size and ECN field that leave for one peer at one time, and sends them by one system call.</summary>
internal sealed class RelayOutbox
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(DatagramSocket.ReceiveBufferLength, pinned: true);
    private DatagramSocket? _via;
    private DatagramAddress _to;
    private EcnCodepoint _ecn;
    private int _segmentSize;
    private int _length;
    private int _count;

    /// <summary>Datagrams the system would not take: its buffer was full, they were too large, or nobody was there.</summary>
    public long Failures { get; private set; }

    /// <summary>Adds a datagram; what does not go with it into one call is sent before.</summary>
    public void Add(DatagramSocket via, in DatagramAddress to, ReadOnlySpan<byte> datagram, EcnCodepoint ecn)
    {
        if (_via != via || to != _to || ecn != _ecn || datagram.Length > _segmentSize || datagram.IsEmpty
            || _length + datagram.Length > DatagramSocket.MaxDatagramSize || _count == LinuxSocketCalls.MaxSegments)
        {
            Flush();
            (_via, _to, _ecn, _segmentSize) = (via, to, ecn, Math.Max(1, datagram.Length));
        }

        datagram.CopyTo(_bytes.AsSpan(_length));
        _length += datagram.Length;
        _count++;
        if (datagram.Length < _segmentSize)
        {
            // Only the last may be shorter.
            Flush();
        }
    }

    /// <summary>Sends datagrams that are one behind the other already, after what has been collected.</summary>
    public void SendAll(DatagramSocket via, in DatagramAddress to, ReadOnlySpan<byte> datagrams, int segmentSize, EcnCodepoint ecn)
    {
        Flush();
        via.TrySend(datagrams, segmentSize, to, ecn, out int sent);
        Failures += (datagrams.Length - sent + segmentSize - 1) / segmentSize;
    }

    /// <summary>Sends what has been collected.</summary>
    public void Flush()
    {
        if (_count > 0)
        {
            _via!.TrySend(_bytes.AsSpan(0, _length), _segmentSize, _to, _ecn, out int sent);
            Failures += (_length - sent + _segmentSize - 1) / _segmentSize;
        }

        (_via, _length, _count) = (null, 0, 0);
    }
}
