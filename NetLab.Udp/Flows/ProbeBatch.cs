using NetLab.Udp.Sockets;

namespace NetLab.Udp.Flows;

/// <summary>
/// Probes of one size, back to back and ready to leave in one system call: the payload is written once, and only the
/// headers are new each time.
/// </summary>
public sealed class ProbeBatch
{
    private readonly byte[] _bytes;
    private readonly uint _payloadSum;

    /// <summary>Makes as long a batch as one call carries.</summary>
    /// <param name="datagramSize">Bytes a datagram, header counted: <see cref="ProbeHeader.Size"/> to <see cref="DatagramSocket.MaxDatagramSize"/>.</param>
    public ProbeBatch(int datagramSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(datagramSize, ProbeHeader.Size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(datagramSize, DatagramSocket.MaxDatagramSize);
        DatagramSize = datagramSize;
        Capacity = Math.Min(LinuxSocketCalls.MaxSegments, DatagramSocket.MaxDatagramSize / datagramSize);
        _bytes = GC.AllocateArray<byte>(Capacity * datagramSize, pinned: true);
        Span<byte> payload = _bytes.AsSpan(ProbeHeader.Size, datagramSize - ProbeHeader.Size);

        // Bytes that compress badly and look like nothing: a link that saves work on zeros must not be flattered.
        new Random(datagramSize).NextBytes(payload);
        _payloadSum = ProbeHeader.SumOf(payload);
        for (int i = 1; i < Capacity; i++)
        {
            payload.CopyTo(_bytes.AsSpan((i * datagramSize) + ProbeHeader.Size));
        }
    }

    /// <summary>Bytes a datagram, header counted.</summary>
    public int DatagramSize { get; }

    /// <summary>The most datagrams it carries.</summary>
    public int Capacity { get; }

    /// <summary>Writes new headers and gives the datagrams, back to back.</summary>
    /// <param name="first">The first one's header; those behind it count on from its sequence number.</param>
    /// <param name="count">How many, 1 to <see cref="Capacity"/>.</param>
    internal ReadOnlySpan<byte> Write(ProbeHeader first, int count)
    {
        for (int i = 0; i < count; i++)
        {
            (first with { Sequence = first.Sequence + (ulong)i }).Write(_bytes.AsSpan(i * DatagramSize, ProbeHeader.Size), _payloadSum);
        }

        return _bytes.AsSpan(0, count * DatagramSize);
    }
}
