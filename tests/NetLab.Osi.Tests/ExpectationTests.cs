using System.Net;
using System.Text;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests;

/// <summary>What one conversation says of another holds from the next packet on, whatever the threads of the pipeline do.</summary>
public sealed class ExpectationTests
{
    // More than a batch of the pipeline, so that the half that reads datagrams is batches ahead of the one that follows streams.
    private const int Between = 700;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Media_that_SIP_over_TCP_announces_is_RTP_hundreds_of_packets_later(bool pipelined)
    {
        using var file = new MemoryStream();
        using (var writer = new BinaryWriter(file, Encoding.ASCII, leaveOpen: true))
        {
            writer.Write(0xA1B2C3D4);
            writer.Write(0x0004_0002);
            writer.Write(0L);
            writer.Write(65535);
            writer.Write(101);
            Write(writer, Datagram(47_000, [0x80, 0, 0, 1, .. new byte[20]]));
            Write(writer, Sip());
            for (int i = 0; i < Between; i++)
            {
                Write(writer, Datagram(47_000, [0x80, 0, 0, (byte)i, .. new byte[20]]));
            }
        }

        file.Position = 0;
        List<long> media = [];
        using CaptureReader reader = CaptureReader.Open(file);
        var decoder = new PacketDecoder();
        if (pipelined)
        {
            DecodePipeline.Run(reader, decoder, (in CapturedPacket packet, DecodedPacket decoded) => Note(packet.Number, decoded));
        }
        else
        {
            var decoded = new DecodedPacket();
            while (reader.TryRead(out CapturedPacket packet))
            {
                decoder.Decode(packet, decoded);
                Note(packet.Number, decoded);
            }
        }

        // The first came before the announcement.
        Assert.Equal(Enumerable.Range(3, Between).Select(i => (long)i), media);

        bool Note(long number, DecodedPacket decoded)
        {
            if (decoded.Entries[^1].Protocol.Name == "rtp")
            {
                media.Add(number);
            }

            return true;
        }
    }

    private static void Write(BinaryWriter writer, byte[] packet)
    {
        writer.Write(0L);
        writer.Write(packet.Length);
        writer.Write(packet.Length);
        writer.Write(packet);
    }

    private static byte[] Datagram(int port, byte[] payload) =>
        Ip(17, [0x9C, 0x41, (byte)(port >> 8), (byte)port, 0, (byte)(8 + payload.Length), 0, 0, .. payload]);

    private static byte[] Sip()
    {
        const string Body = "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 47000 RTP/AVP 0\r\n";
        string text = $"INVITE sip:b@example SIP/2.0\r\nCall-ID: 1\r\nContent-Length: {Body.Length}\r\n\r\n{Body}";
        byte[] header = [0x9C, 0x41, 0x13, 0xC4, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x18, 4, 0, 0, 0, 0, 0];
        return Ip(6, [.. header, .. Encoding.ASCII.GetBytes(text)]);
    }

    private static byte[] Ip(int protocol, byte[] payload)
    {
        int length = 20 + payload.Length;
        return
        [
            0x45, 0, (byte)(length >> 8), (byte)length, 0, 1, 0, 0, 64, (byte)protocol, 0, 0,
            .. IPAddress.Parse("10.0.0.1").GetAddressBytes(), .. IPAddress.Parse("10.0.0.2").GetAddressBytes(), .. payload,
        ];
    }
}
