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

    [CorpusFact]
    public void Packets_of_the_corpus_asked_for_in_any_order_are_decoded_as_in_a_whole_decode()
    {
        string[] files = [.. Directory.EnumerateFiles(Folders.Corpus!, "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith("cap", StringComparison.Ordinal) || f.EndsWith("pcapng", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Where((_, i) => i % 7 == 0).Take(40)];
        Assert.NotEmpty(files);
        var wrong = new List<string>();
        foreach (string file in files.Where(f => new FileInfo(f).Length < 2 << 20))
        {
            try
            {
                CheckAll(file, most: 60);
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

    private static void CheckAll(string path, int most)
    {
        var expected = new List<string>();
        using (CaptureReader reader = CaptureReader.Open(File.OpenRead(path)))
        {
            Decode(reader, (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                expected.Add(Line(packet, decoded));
                return true;
            });
        }

        using CaptureIndex index = Open(path);
        Assert.Equal(expected.Count, index.Count);
        var replays = new ReplayCache(index);
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
