using System.Net;
using System.Text;
using NetLab.Osi.Captures;

namespace NetLab.Host.Tests.Page;

/// <summary>A capture whose strings try to be markup, commands of a terminal, and marks of direction.</summary>
internal static class HostileCapture
{
    public static readonly string[] Strings =
    [
        "<img src=x onerror=document.title='broken'>", "<script>document.title='broken'</script>", "javascript:document.title='broken'", "\e[31mred\e[0m\a", "\u202Etxt.exe\u202C \u2066hidden\u2069",
        "\"><svg onload=document.title='broken'>", new('n', 30_000),
    ];

    /// <summary>Writes it: an HTTP request a string, with a note of the same on each packet.</summary>
    public static string Write()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.pcapng");
        using var writer = new PcapngWriter(File.Create(path));
        writer.AddInterface(1, Strings[0]);
        (IPEndPoint client, IPEndPoint server) = (new IPEndPoint(IPAddress.Parse("10.0.0.1"), 40_000), new IPEndPoint(IPAddress.Parse("10.0.0.2"), 80));
        uint sequence = 1000;
        for (int i = 0; i < Strings.Length; i++)
        {
            byte[] payload = Encoding.UTF8.GetBytes($"GET /{i} HTTP/1.1\r\nHost: {Strings[i]}\r\nUser-Agent: {Strings[i]}\r\n\r\n");
            byte[] segment = new byte[20 + payload.Length];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)client.Port);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)server.Port);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
            (segment[12], segment[13], segment[14], segment[15]) = (0x50, 0x10, 0x10, 0);
            payload.CopyTo(segment.AsSpan(20));
            sequence += (uint)payload.Length;
            writer.Write(0, DateTimeOffset.UnixEpoch.AddSeconds(i), PacketBuilder.Tcp(client, server, segment, true), Strings[i]);
        }

        return path;
    }
}
