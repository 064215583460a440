using System.Buffers.Binary;

namespace NetLab.Osi.Tests.User;

/// <summary>Frames by hand, and captures of them, as a user's own program makes them.</summary>
internal static class Frames
{
    public const int ClientPort = 40_001;

    /// <summary>A datagram from port 40001, or the answer to one.</summary>
    public static byte[] Udp(int port, byte[] payload, bool fromClient = true) => [.. Ports(port, fromClient), 0, (byte)(8 + payload.Length), 0, 0, .. payload];

    /// <summary>A segment with PSH and ACK.</summary>
    public static byte[] Tcp(int port, uint sequence, byte[] payload, bool fromClient = true)
    {
        byte[] header = new byte[20];
        Ports(port, fromClient).CopyTo(header, 0);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), sequence);
        header[12] = 5 << 4;
        header[13] = 0x18;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), 8192);
        return [.. header, .. payload];
    }

    /// <summary>A packet between 10.0.0.1 and 10.0.0.2.</summary>
    public static byte[] Ip(int protocol, byte[] payload, bool fromClient = true)
    {
        int length = 20 + payload.Length;
        return [0x45, 0, (byte)(length >> 8), (byte)length, 0, 1, 0, 0, 64, (byte)protocol, 0, 0, 10, 0, 0, (byte)(fromClient ? 1 : 2), 10, 0, 0, (byte)(fromClient ? 2 : 1), .. payload];
    }

    public static byte[] Ethernet(int type, byte[] payload) => [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, (byte)(type >> 8), (byte)type, .. payload];

    /// <summary>A capture, a second between two frames.</summary>
    public static MemoryStream Pcap(int linkType, params byte[][] frames)
    {
        var file = new MemoryStream();
        using (var writer = new BinaryWriter(file, System.Text.Encoding.ASCII, leaveOpen: true))
        {
            writer.Write(0xA1B2C3D4);
            writer.Write(0x0004_0002);
            writer.Write(0L);
            writer.Write(65535);
            writer.Write(linkType);
            for (int i = 0; i < frames.Length; i++)
            {
                writer.Write((long)i);
                writer.Write(frames[i].Length);
                writer.Write(frames[i].Length);
                writer.Write(frames[i]);
            }
        }

        file.Position = 0;
        return file;
    }

    private static byte[] Ports(int port, bool fromClient)
    {
        (int source, int destination) = fromClient ? (ClientPort, port) : (port, ClientPort);
        return [(byte)(source >> 8), (byte)source, (byte)(destination >> 8), (byte)destination];
    }
}
