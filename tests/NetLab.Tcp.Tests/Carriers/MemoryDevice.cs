using System.Collections.Concurrent;
using NetLab.Udp.Devices;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Tests.Carriers;

/// <summary>A device for IP packets that is nothing but memory: what is put in is read, what is written is kept, or is read from another one.</summary>
internal sealed class MemoryDevice(int mtu = 1500, bool offloads = false) : IpDevice
{
    private readonly ConcurrentQueue<(byte[] Packet, PacketOffload Offload)> _incoming = new();
    private readonly AutoResetEvent _something = new(false);

    public override string Name => "memory";

    public override int Mtu => mtu;

    public override bool HasOffloads => offloads;

    /// <summary>The other end of a wire; null to keep what is written.</summary>
    public MemoryDevice? Other { get; set; }

    /// <summary>Whether a packet is lost on the wire.</summary>
    public Func<byte[], bool> Loses { get; set; } = _ => false;

    public ConcurrentQueue<(byte[] Packet, PacketOffload Offload)> Sent { get; } = new();

    public static (MemoryDevice First, MemoryDevice Second) Wire(int mtu = 1500, bool offloads = false)
    {
        var first = new MemoryDevice(mtu, offloads);
        var second = new MemoryDevice(mtu, offloads) { Other = first };
        first.Other = second;
        return (first, second);
    }

    public void Put(byte[] packet, PacketOffload offload = default)
    {
        _incoming.Enqueue((packet, offload));
        _something.Set();
    }

    public override void Wait(TimeSpan timeout)
    {
        if (_incoming.IsEmpty)
        {
            _something.WaitOne(timeout < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : timeout > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : timeout);
        }
    }

    public override void Wake() => _something.Set();

    protected override bool TryReadPacket(Span<byte> packet, out PacketOffload offload, out int length)
    {
        bool any = _incoming.TryDequeue(out (byte[] Packet, PacketOffload Offload) next);
        (offload, length) = any ? (next.Offload, next.Packet.Length) : (default, -1);
        next.Packet?.CopyTo(packet);
        return any;
    }

    protected override DatagramSendStatus TryWritePacket(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> segments, int segmentSize, int skip, in PacketOffload offload)
    {
        var packet = new List<byte>(headers.ToArray());
        for (int at = 0; at < segments.Length; at += segmentSize)
        {
            packet.AddRange(segments[at..Math.Min(at + segmentSize, segments.Length)][skip..]);
        }

        byte[] whole = [.. packet];
        if (Other is null)
        {
            Sent.Enqueue((whole, offload));
        }
        else if (!Loses(whole))
        {
            Other.Put(whole, offload);
        }

        return DatagramSendStatus.Sent;
    }

    protected override void Dispose(bool disposing) => _something.Dispose();
}
