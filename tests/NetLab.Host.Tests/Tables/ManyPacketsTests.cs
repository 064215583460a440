using System.Buffers.Binary;
using System.Globalization;

namespace NetLab.Host.Tests.Tables;

/// <summary>More packets than are on their way between the threads of a decoder at once: each comes into its row.</summary>
public sealed class ManyPacketsTests : IDisposable
{
    private const int Count = 3_000;
    private const int FrameSize = 14 + 20 + 8;
    private const int RecordHeader = 16;
    private const int FileHeader = 24;

    // Hours: more than there are files open at once.
    private const int Hours = 11;
    private const int Began = 1_700_000_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-many-");

    [Fact]
    public async Task Each_packet_comes_into_its_row_whole()
    {
        Nlab.Ended ended = await Nlab.Run(_folder, "decode", Made(), "--parquet", "tables");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using var duck = new DuckDb();
        List<string?[]> rows = duck.Ask($"select \"frame.number\", \"ip.src\", \"udp.srcport\", \"ip.ttl\", \"frame.offset\", \"tcp.srcport\" from '{_folder.FullName}/tables/packets.parquet'");
        Assert.Equal(
            Enumerable.Range(0, Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i + 1} {AddressOf(i)} {PortOf(i)} {TtlOf(i)} {FileHeader + RecordHeader + (i * (RecordHeader + FrameSize))} none")),
            rows.Select(r => string.Join(' ', r.Select(v => v ?? "none"))));

        // Conversations are counted from the same values, before another packet has them.
        Assert.Equal($"{Count}", duck.One($"select sum(\"packets.sent\" + \"packets.received\") from '{_folder.FullName}/tables/conversations.parquet'"));
        Assert.Equal($"{Count}", duck.One($"select count(distinct (\"first.address\", \"first.port\")) from '{_folder.FullName}/tables/conversations.parquet'"));
    }

    [Fact]
    public async Task Each_packet_comes_into_the_file_of_its_hour_although_hours_take_turns()
    {
        Nlab.Ended ended = await Nlab.Run(_folder, "decode", Made(), "--parquet", "tables", "--partition", "hour", "--tables", "packets");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using var duck = new DuckDb();
        List<string?[]> rows = duck.Ask(
            $"select \"frame.number\", strftime(\"frame.time\", '%Y-%m-%dT%H') = hour from read_parquet('{_folder.FullName}/tables/packets/**/*.parquet', hive_partitioning = true) order by 1");
        Assert.Equal(Enumerable.Range(1, Count).Select(i => $"{i} True"), rows.Select(r => string.Join(' ', r)));
    }

    [Fact]
    public async Task A_table_that_cannot_be_written_is_said_and_ends_it()
    {
        _folder.CreateSubdirectory("tables/packets.parquet.part");
        Nlab.Ended ended = await Nlab.Run(_folder, "decode", Made(), "--parquet", "tables");
        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith("nlab: --parquet '", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("packets.parquet", ended.Errors, StringComparison.Ordinal);
        Assert.Single(ended.Errors.TrimEnd().Split('\n'));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string AddressOf(int packet) => $"10.{packet % 3}.{packet / 256}.{packet % 256}";

    private static int PortOf(int packet) => 10_000 + (packet * 7 % 5_000);

    private static int TtlOf(int packet) => 1 + (packet % 64);

    // A pcap file of Ethernet, IPv4 and UDP without payload; each packet is of another hour than the one before.
    private string Made()
    {
        byte[] file = new byte[FileHeader + (Count * (RecordHeader + FrameSize))];
        BinaryPrimitives.WriteUInt32LittleEndian(file, 0xA1B2_C3D4);
        (file[4], file[6]) = (2, 4);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 65_535);
        file[20] = 1;
        for (int i = 0; i < Count; i++)
        {
            Span<byte> record = file.AsSpan(FileHeader + (i * (RecordHeader + FrameSize)), RecordHeader + FrameSize);
            BinaryPrimitives.WriteInt32LittleEndian(record, Began + (i % Hours * 3_600) + (i / Hours));
            BinaryPrimitives.WriteInt32LittleEndian(record[8..], FrameSize);
            BinaryPrimitives.WriteInt32LittleEndian(record[12..], FrameSize);
            Span<byte> frame = record[RecordHeader..];
            (frame[5], frame[11], frame[12]) = (2, 1, 0x08);
            Span<byte> ip = frame[14..];
            (ip[0], ip[3], ip[8], ip[9]) = (0x45, 28, (byte)TtlOf(i), 17);
            (ip[12], ip[13], ip[14], ip[15]) = (10, (byte)(i % 3), (byte)(i / 256), (byte)(i % 256));
            (ip[16], ip[19]) = (10, 99);
            BinaryPrimitives.WriteUInt16BigEndian(ip[20..], (ushort)PortOf(i));
            BinaryPrimitives.WriteUInt16BigEndian(ip[22..], 9_999);
            ip[25] = 8;
        }

        string path = Path.Combine(_folder.FullName, "made.pcap");
        File.WriteAllBytes(path, file);
        return path;
    }
}
