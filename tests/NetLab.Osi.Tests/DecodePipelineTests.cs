using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Osi.Tests;

/// <summary>The pipeline of several threads gives what one thread gives, and ends when it should.</summary>
public sealed class DecodePipelineTests
{
    private static readonly string Recording = Path.Combine(Folders.Captures, "lost-segments.pcapng");

    [Fact]
    public void Packets_are_the_same_and_in_order_on_several_threads_and_on_one() => Compare(Folders.Recordings);

    [CorpusFact]
    public void So_are_those_of_other_peoples_captures() => Compare(Directory.GetFiles(Folders.Corpus!));

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Nothing_is_read_behind_the_last_packet_that_is_wanted(long limit)
    {
        // Cut in the middle: whoever read on would find the damage.
        byte[] file = File.ReadAllBytes(Recording);
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file, 0, file.Length / 2));
        long seen = 0;
        DecodePipeline.Run(reader, new PacketDecoder(), (in CapturedPacket packet, DecodedPacket _) => packet.Number == ++seen, limit);
        Assert.Equal(limit, seen);
        Assert.Null(reader.Damage);
    }

    [Fact]
    public void A_handler_that_has_enough_ends_it()
    {
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(Recording));
        int seen = 0;
        DecodePipeline.Run(reader, new PacketDecoder(), (in CapturedPacket _, DecodedPacket _) => ++seen < 3);
        Assert.Equal(3, seen);
    }

    [Fact]
    public void What_a_handler_or_a_reader_throws_comes_out()
    {
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(Recording));
        Assert.Throws<InvalidOperationException>(() => DecodePipeline.Run(
            reader, new PacketDecoder(), (in CapturedPacket _, DecodedPacket _) => throw new InvalidOperationException("the handler's")));
        using CaptureReader broken = CaptureReader.Open(new BreakingStream(File.ReadAllBytes(Recording)));
        Assert.Throws<IOException>(() => DecodePipeline.Run(broken, new PacketDecoder(), (in CapturedPacket _, DecodedPacket _) => true));
    }

    [Fact]
    public void A_canceled_run_says_so()
    {
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(Recording));
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => DecodePipeline.Run(
            reader,
            new PacketDecoder(),
            (in CapturedPacket _, DecodedPacket _) =>
            {
                cancellation.Cancel();
                return true;
            },
            cancellationToken: cancellation.Token));
    }

    private static void Compare(IEnumerable<string> files)
    {
        foreach (string file in files)
        {
            using var output = new MemoryStream();
            using var json = new JsonLines(output);
            using CaptureReader reader = CaptureReader.Open(File.OpenRead(file));
            var decoder = new PacketDecoder();
            DecodePipeline.Run(reader, decoder, (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                json.Begin(decoded);
                PacketDecoder.Describe(packet.Bytes, decoded, json);
                json.End(decoded);
                return true;
            });
            foreach (Osi.Session.TcpStream stream in decoder.TcpStreams)
            {
                json.Stream(stream);
            }

            json.Flush();
            (string expected, string? damage) = Decoding.ToJson(File.OpenRead(file));
            string[] lines = expected.Split('\n');
            string[] actual = System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n');
            for (int i = 0; i < Math.Min(lines.Length, actual.Length); i++)
            {
                Assert.True(lines[i] == actual[i], $"{Path.GetFileName(file)}, line {i + 1}:\n{lines[i]}\n{actual[i]}");
            }

            Assert.Equal((lines.Length, damage), (actual.Length, reader.Damage));
        }
    }

    // A disk that fails after the first few thousand bytes.
    private sealed class BreakingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            Position < 4000 ? base.Read(buffer, offset, Math.Min(count, 4000)) : throw new IOException("the disk's");
    }
}
