using System.Buffers.Binary;
using NetLab.Osi.Captures;

namespace NetLab.Osi.Tests.Captures;

/// <summary>Files that are not written as the formats say, and are out there all the same.</summary>
public sealed class CaptureVariantTests
{
    private static readonly byte[] Frame = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 33, 0, 1];

    [Theory]
    [InlineData(0xA1B2C3D4u, 16)]
    [InlineData(0xA1B2C3D4u, 20)]
    [InlineData(0xA1B2C3D4u, 24)]
    [InlineData(0xA1B2CD34u, 24)]
    [InlineData(0xA1B2CD34u, 28)]
    public void Packet_headers_of_any_size_that_was_ever_written_are_found_out(uint magic, int headerSize) =>
        Assert.Equal([20, 13, 20], Read(Pcap(magic, 4, headerSize, swap: false)));

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void Before_version_2_4_the_lengths_may_stand_the_other_way_round(int minor, bool swap) =>
        Assert.Equal([20, 13, 20], Read(Pcap(0xA1B2C3D4, minor, 16, swap)));

    [Fact]
    public void An_unknown_major_version_is_refused()
    {
        byte[] file = Pcap(0xA1B2C3D4, 4, 16, false);
        file[4] = 7;
        Assert.Contains("version 7.4", Assert.Throws<InvalidDataException>(() => Read(file)).Message, StringComparison.Ordinal);
        byte[] next = Pcapng(0);
        next[12] = 9;
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(next));
        Assert.False(reader.TryRead(out _));
        Assert.Contains("version 9", reader.Damage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_block_may_leave_its_padding_out_of_its_length(int missing) => Assert.Equal([20 - missing, 20 - missing], Read(Pcapng(missing)));

    [Fact]
    public void What_is_too_long_for_an_option_is_cut_and_the_file_stays_whole()
    {
        using var stream = new MemoryStream();
        using var writer = new PcapngWriter(stream);
        writer.AddInterface(1, new string('n', 70_000));
        writer.Write(0, DateTimeOffset.UnixEpoch.AddYears(-5), Frame, new string('é', 60_000));
        writer.Write(0, DateTimeOffset.UnixEpoch, Frame);
        stream.Position = 0;
        using CaptureReader reader = CaptureReader.Open(stream);
        Assert.True(reader.TryRead(out CapturedPacket packet));
        Assert.Equal(32_767, packet.Comment!.Length);
        Assert.DoesNotContain('\uFFFD', packet.Comment);
        Assert.Equal(0, packet.Time);
        Assert.True(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        Assert.Null(reader.Damage);
    }

    [Fact]
    public void Several_captures_are_one_in_order_of_time()
    {
        byte[] first = PcapFile.Of([(1_000_000_000, [1]), (4_000_000_000, [4]), (5_000_000_000, [5])]);
        byte[] second = PcapFile.Of([(2_000_000_000, [2]), (4_000_000_000, [4, 4])]);
        using CaptureReader reader = CaptureReader.Merge([("a", CaptureReader.Open(new MemoryStream(first))), ("b", CaptureReader.Open(new MemoryStream(second[..^1])))]);
        List<string> seen = [];
        while (reader.TryRead(out CapturedPacket packet))
        {
            seen.Add($"{packet.Number}:{Convert.ToHexString(packet.Bytes)}");
        }

        Assert.Equal(["1:01", "2:02", "3:04", "4:05"], seen);
        Assert.StartsWith("b: cut short", reader.Damage, StringComparison.Ordinal);
    }

    private static List<int> Read(byte[] file)
    {
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
        List<int> lengths = [];
        while (reader.TryRead(out CapturedPacket packet))
        {
            Assert.Equal(Frame[..packet.Bytes.Length], packet.Bytes.ToArray());
            lengths.Add(packet.Bytes.Length);
        }

        Assert.Null(reader.Damage);
        return lengths;
    }

    private static byte[] Pcap(uint magic, int minor, int headerSize, bool swap)
    {
        using var file = new MemoryStream();
        Span<byte> header = stackalloc byte[28];
        BinaryPrimitives.WriteUInt32LittleEndian(header, magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)minor);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 65_535);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        file.Write(header[..24]);
        foreach (int captured in (int[])[20, 13, 20])
        {
            header.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(header, 1_700_000_000);
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], 999_999);
            BinaryPrimitives.WriteUInt32LittleEndian(header[(swap ? 12 : 8)..], (uint)captured);
            BinaryPrimitives.WriteUInt32LittleEndian(header[(swap ? 8 : 12)..], 60);

            // The interface and the protocol that the longer headers have.
            header[16..].Fill(2);
            file.Write(header[..headerSize]);
            file.Write(Frame.AsSpan(0, captured));
        }

        return file.ToArray();
    }

    // Two packets, so many bytes shorter than a multiple of four, in blocks whose lengths say so.
    private static byte[] Pcapng(int missing)
    {
        using var file = new MemoryStream();
        using var writer = new PcapngWriter(file);
        writer.AddInterface(1, "x");
        for (int i = 0; i < 2; i++)
        {
            int at = (int)file.Length;
            writer.Write(0, DateTimeOffset.UnixEpoch, Frame.AsSpan(0, 20 - missing));
            byte[] bytes = file.GetBuffer();
            int end = (int)file.Length;
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + 4), end - at - missing);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(end - 4), end - at - missing);
        }

        return file.ToArray();
    }
}
