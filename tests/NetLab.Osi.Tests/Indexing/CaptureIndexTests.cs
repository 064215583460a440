using System.Buffers.Binary;
using System.Net;
using System.Text;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
using NetLab.Osi.Indexing;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Osi.Tests.Indexing;

/// <summary>An index says of each packet what a decode from the front says, in whatever order it is asked.</summary>
public sealed class CaptureIndexTests
{
    private const int Seed = 7;

    public static TheoryData<string> Captures => [.. Directory.EnumerateFiles(Folders.Captures, "*.pcapng").Select(f => Path.GetFileName(f)!)];

    [Theory]
    [MemberData(nameof(Captures))]
    public void A_packet_asked_for_alone_is_decoded_as_in_a_whole_decode(string name) => CheckAll(Path.Combine(Folders.Captures, name), most: int.MaxValue);

    [Theory]
    [MemberData(nameof(Captures))]
    public void A_packet_decoded_behind_a_copied_decoder_is_decoded_as_in_a_whole_decode(string name)
    {
        foreach (int distance in (int[])[1, 2, 5])
        {
            CheckAll(Path.Combine(Folders.Captures, name), most: int.MaxValue, new Checkpoints(distance));
        }
    }

    [CorpusFact]
    public void Packets_of_the_corpus_decoded_behind_copied_decoders_are_decoded_as_in_a_whole_decode() => CheckCorpus(3, () => new Checkpoints(2));

    [CorpusFact]
    public void Packets_of_the_corpus_asked_for_in_any_order_are_decoded_as_in_a_whole_decode() => CheckCorpus(0, null);

    [Fact]
    public void Copies_of_decoders_take_no_more_memory_than_they_may()
    {
        var checkpoints = new Checkpoints(1, 50_000);
        CheckAll(Path.Combine(Folders.Captures, "lost-segments-as-tcp.pcapng"), most: int.MaxValue, checkpoints);
        Assert.Null(checkpoints.Refused);
        var all = new Checkpoints(1);
        CheckAll(Path.Combine(Folders.Captures, "lost-segments-as-tcp.pcapng"), most: int.MaxValue, all);
        Assert.InRange(checkpoints.Count, 1, all.Count / 2);
    }

    [Fact]
    public void A_long_conversation_is_prepared_for_jumps()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            WriteLong(path, ConversationLinks.LongFrom + 500);
            var expected = new List<string>();
            Decode(path, (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                expected.Add(packet.Number % 1000 == 0 ? Line(packet, decoded) : "");
                return true;
            }, new DecoderOptions { HashStreams = false });
            using CaptureIndex index = Open(path);
            var checkpoints = new Checkpoints();
            var replays = new ReplayCache(index, checkpoints);
            replays.Prepare();
            Assert.Equal(2, checkpoints.Count);
            Assert.Equal(2 * Checkpoints.Packets, checkpoints.Before((0, -1), index.Count));
            foreach (int number in (int[])[16_000, 1000, 9000, 16_000, 8000])
            {
                string? got = null;
                replays.Decode(number, (in CapturedPacket packet, DecodedPacket decoded) => (got = Line(packet, decoded)).Length > 0);
                Assert.Equal(expected[number - 1], got);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    // One connection: bytes one way, one in a thousand segments twice, and acknowledgments.
    private static void WriteLong(string path, int packets)
    {
        using var writer = new PcapngWriter(File.Create(path));
        writer.AddInterface(1, "long");
        (IPEndPoint a, IPEndPoint b) = (new IPEndPoint(IPAddress.Parse("10.0.0.1"), 40_000), new IPEndPoint(IPAddress.Parse("10.0.0.2"), 9000));
        uint next = 1000;
        for (int i = 0; i < packets; i++)
        {
            bool isData = i % 3 != 2;
            byte[] segment = new byte[20 + (isData ? 10 : 0)];
            BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)(isData ? a : b).Port);
            BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)(isData ? b : a).Port);
            BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), isData ? next : 1);
            BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), isData ? 1 : next);
            (segment[12], segment[13], segment[14]) = (0x50, 0x10, 0x40);
            next += isData && i % 1000 != 0 ? 10u : 0;
            writer.Write(0, DateTimeOffset.UnixEpoch.AddMilliseconds(i), PacketBuilder.Tcp(isData ? a : b, isData ? b : a, segment, isData));
        }
    }

    private static void CheckCorpus(int shift, Func<Checkpoints>? make)
    {
        string[] files = [.. Directory.EnumerateFiles(Folders.Corpus!, "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith("cap", StringComparison.Ordinal) || f.EndsWith("pcapng", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Where((_, i) => i % 7 == shift).Take(40)];
        Assert.NotEmpty(files);
        var wrong = new List<string>();
        foreach (string file in files.Where(f => new FileInfo(f).Length < 2 << 20))
        {
            try
            {
                CheckAll(file, most: 60, make?.Invoke());
            }
            catch (InvalidDataException)
            {
                // No capture: there are some of those on purpose.
            }
            catch (Xunit.Sdk.XunitException error)
            {
                wrong.Add($"{Path.GetFileName(file)}: {error.Message.ReplaceLineEndings(" ")}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void A_compressed_capture_is_open_at_any_packet()
    {
        string plain = Path.Combine(Folders.Captures, "lost-segments.pcapng");
        string packed = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using (FileStream file = File.Create(packed))
            using (var gzip = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Fastest))
            {
                gzip.Write(File.ReadAllBytes(plain));
            }

            CheckAll(packed, most: int.MaxValue);
        }
        finally
        {
            File.Delete(packed);
        }
    }

    [Fact]
    public void A_damaged_capture_is_open_up_to_its_damage()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(Folders.Captures, "lost-segments.pcapng"));
        using var index = new CaptureIndex(CaptureReader.Open(new MemoryStream(whole, 0, whole.Length * 2 / 3)), null);
        index.Build();
        Assert.True(index.IsComplete);
        Assert.Contains("cut short", index.Damage, StringComparison.Ordinal);
        Assert.True(index.Count > 10);
        Assert.Equal(index.Count, index.Rows(1, int.MaxValue)[^1].Number);
        new ReplayCache(index).Decode(index.Count, (in CapturedPacket packet, DecodedPacket _) => packet.Number == index.Count);
    }

    [Theory]
    [InlineData("tcp.analysis.retransmission")]
    [InlineData("udp")]
    [InlineData("frame.number in {3..9}")]
    [InlineData("frame.len > 100000")]
    public void A_search_finds_what_a_filtered_decode_finds(string filter)
    {
        string path = Path.Combine(Folders.Captures, "lost-segments.pcapng");
        using CaptureIndex index = Open(path);
        var search = new FilterSearch(index, DisplayFilter.Parse(filter));
        search.Run();
        var expected = new List<uint>();
        DisplayFilter test = DisplayFilter.Parse(filter);
        Decode(path, (in CapturedPacket packet, DecodedPacket decoded) =>
        {
            if (test.Matches(decoded, packet.Bytes))
            {
                expected.Add((uint)packet.Number);
            }

            return true;
        });
        Assert.Equal(expected, search.Found(0, int.MaxValue));
        Assert.Equal(expected.Skip(2).Take(3), search.Found(2, 3));
        Assert.True(search.IsComplete);
        Assert.Equal(expected.Count(n => n < 20), search.PlaceOf(20));
    }

    [Fact]
    public void Intervals_add_up_to_the_capture()
    {
        using CaptureIndex index = Open(Path.Combine(Folders.Captures, "lost-segments.pcapng"));
        IReadOnlyList<CaptureInterval> intervals = index.Intervals(17);
        Assert.Equal(index.Count, intervals.Sum(i => i.Packets));
        Assert.Equal(index.Statistics!.WireBytes, intervals.Sum(i => i.Bytes));
        Assert.Equal(index.Rows(1, int.MaxValue).Count(r => r.Marks != 0 && r.Marks != Osi.Session.TcpAnalysisFlags.WindowUpdate), intervals.Sum(i => i.Marked));
        var search = new FilterSearch(index, DisplayFilter.Parse("frame.number in {2,5,9}"));
        search.Run();
        Assert.Equal(3, index.Intervals(5, search).Sum(i => i.Packets));
    }

    [Fact]
    public void A_stream_followed_alone_brings_the_bytes_that_a_whole_decode_brings()
    {
        string path = Path.Combine(Folders.Captures, "lost-segments-as-tcp.pcapng");
        (MemoryStream expected, MemoryStream got) = (new MemoryStream(), new MemoryStream());
        Decode(path, (in CapturedPacket _, DecodedPacket _) => true, new DecoderOptions { StreamBytes = (_, _, bytes) => expected.Write(bytes) });
        using CaptureIndex index = Open(path);
        Assert.True(index.Follow(false, 0, new DecoderOptions { StreamBytes = (_, _, bytes) => got.Write(bytes) }, (in CapturedPacket _, DecodedPacket _) => true));
        Assert.True(expected.Length > 10_000);
        Assert.Equal(expected.ToArray(), got.ToArray());
        Assert.False(index.Follow(false, 99, new DecoderOptions(), (in CapturedPacket _, DecodedPacket _) => true));
    }

    [Fact]
    public void An_index_that_is_complete_has_all_its_packets_and_conversations()
    {
        string path = Path.Combine(Folders.Captures, "http-as-tcp.pcapng");
        using CaptureIndex whole = Open(path);
        for (int round = 0; round < 200; round++)
        {
            using var index = new CaptureIndex(CaptureReader.Open(File.OpenRead(path)), path);
            var building = new Thread(() => index.Build());
            building.Start();
            while (!index.IsComplete)
            {
                // Looks as often as it can: between the two there is no time at all.
            }

            (long count, bool hasStream) = (index.Count, index.Has(false, 0));
            building.Join();
            Assert.Equal((whole.Count, true), (count, hasStream));
        }

        Assert.False(whole.Has(false, 99));
        Assert.False(whole.Has(true, 0));
    }

    [Fact]
    public void Readers_of_numbers_see_them_when_they_are_published()
    {
        var list = new NumberList();
        Assert.Equal(0, list.Exchange(3, 7));
        Assert.Equal(0, list[3]);
        list.Publish();
        Assert.Equal(7, list[3]);
        Assert.Equal(7, list.Exchange(3, 9));
        Assert.Equal(0, list.Exchange(50_000, 8));
        Assert.Equal((7, 0), (list[3], list[50_000]));
        list.Publish();
        Assert.Equal((9, 8, 0, 0), (list[3], list[50_000], list[-1], list[int.MaxValue]));
    }

    private static void CheckAll(string path, int most, Checkpoints? checkpoints = null)
    {
        var expected = new List<string>();
        (RowText words, RowText numbers) = (new RowText(keepsNumbers: false), new RowText());
        using (CaptureReader reader = CaptureReader.Open(File.OpenRead(path)))
        {
            Decode(reader, (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                expected.Add(Line(packet, decoded));
                Assert.Equal(Row(words, packet, decoded), Row(numbers, packet, decoded));
                return true;
            });
        }

        using CaptureIndex index = Open(path);
        Assert.Equal(expected.Count, index.Count);
        ReplayCache replays = checkpoints is null ? new ReplayCache(index) : new ReplayCache(index, checkpoints);
        var random = new Random(Seed);
        foreach (int number in Enumerable.Range(1, expected.Count).OrderBy(_ => random.Next()).Take(most))
        {
            string? got = null;
            replays.Decode(number, (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                got = Line(packet, decoded);
                return true;
            });
            Assert.Equal(expected[number - 1], got);
            Assert.Equal(number, index.Row(number).Number);
        }

        Assert.Null(checkpoints?.Refused);
    }

    // The words of a row are the same, whether they are made at once or when somebody looks.
    private static IndexedPacket Row(RowText text, in CapturedPacket packet, DecodedPacket decoded)
    {
        ReadOnlySpan<byte> words = text.Of(decoded, packet.Bytes, out Osi.Model.OsiLayer layer);
        return RowText.Parse(packet.Number, new PacketRecord { Layer = (byte)layer, Traits = packet.Comment is null ? PacketTraits.None : PacketTraits.HasComment }, words, null);
    }

    private static CaptureIndex Open(string path)
    {
        var index = new CaptureIndex(CaptureReader.Open(File.OpenRead(path)), path);
        index.Build();
        return index;
    }

    private static void Decode(string path, DecodePipeline.PacketHandler handler, DecoderOptions? options = null)
    {
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(path));
        Decode(reader, handler, options);
    }

    private static void Decode(CaptureReader reader, DecodePipeline.PacketHandler handler, DecoderOptions? options = null) =>
        DecodePipeline.Run(reader, new PacketDecoder(options ?? new DecoderOptions { HashStreams = false }), handler);

    private static string Line(in CapturedPacket packet, DecodedPacket decoded)
    {
        using var line = new MemoryStream();
        using (var json = new JsonLines(line))
        {
            json.Begin(decoded);
            PacketDecoder.Describe(packet.Bytes, decoded, json);
            json.End(decoded);
        }

        return $"{decoded.RelativeTime} {decoded.DeltaTime} {Encoding.UTF8.GetString(line.ToArray())}";
    }
}
