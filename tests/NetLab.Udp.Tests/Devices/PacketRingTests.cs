using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using NetLab.Udp.Devices;

namespace NetLab.Udp.Tests.Devices;

/// <summary>Packets as the kernel's packet sockets show them.</summary>
public sealed class PacketRingTests
{
    private const int MaxAttempts = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    [PacketRingFact]
    public void What_passes_loopback_is_seen_once_and_whole()
    {
        // Others flood loopback as well: when the ring was full meanwhile, and it says so, it is tried again.
        for (int attempt = 1; !SeesThree(attempt == MaxAttempts); attempt++)
        {
        }
    }

    [PacketRingFact]
    public void No_more_is_kept_than_was_asked_for()
    {
        using PacketRing ring = PacketRing.Open("lo", 8 << 20, 100);
        byte[] payload = RandomNumberGenerator.GetBytes(1000);
        Send(payload, 1);
        (byte[] packet, _, long length) = Assert.Single(Read(ring, payload.AsSpan(0, 58).ToArray(), 1));
        Assert.Equal((100, 1042L), (packet.Length, length));
    }

    [PacketRingFact]
    public void An_interface_that_is_none_is_said()
    {
        IOException error = Assert.Throws<IOException>(() => PacketRing.Open("no-such", 1 << 20, 100));
        Assert.Equal("'no-such': there is no such interface", error.Message);
    }

    private static bool SeesThree(bool isLast)
    {
        using PacketRing ring = PacketRing.Open("lo", 8 << 20, 262_144);
        Assert.Equal(PacketRing.EthernetLink, ring.LinkType);
        byte[] payload = RandomNumberGenerator.GetBytes(1000);
        DateTimeOffset before = DateTimeOffset.UtcNow;
        Send(payload, 3);
        List<(byte[] Packet, long Time, long Length)> seen = Read(ring, payload, 3);
        if (ring.Dropped > 0 && !isLast)
        {
            return false;
        }

        Assert.Equal(0, ring.Dropped);
        Assert.Equal(3, seen.Count);
        foreach ((byte[] packet, long time, long length) in seen)
        {
            Assert.Equal(14 + 20 + 8 + payload.Length, packet.Length);
            Assert.Equal(packet.Length, length);
            Assert.InRange(time / 1_000_000, before.ToUnixTimeMilliseconds() - 1000, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1000);
        }

        return true;
    }

    private static void Send(byte[] payload, int count)
    {
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int i = 0; i < count; i++)
        {
            sender.SendTo(payload, receiver.LocalEndPoint!);
        }
    }

    // Those with the payload, until there are as many as wanted and one more read brings none.
    private static List<(byte[] Packet, long Time, long Length)> Read(PacketRing ring, byte[] payload, int count)
    {
        var found = new List<(byte[] Packet, long Time, long Length)>();
        for (int i = 0; i < 100_000; i++)
        {
            if (ring.TryRead(found.Count < count ? 30 * Patience : Patience / 5, out ReadOnlySpan<byte> packet, out long time, out long length))
            {
                if (packet.IndexOf(payload) >= 0)
                {
                    found.Add((packet.ToArray(), time, length));
                }
            }
            else
            {
                break;
            }
        }

        return found;
    }
}
