using System.Buffers.Binary;
using CsCheck;
using NetLab.Osi.Captures;

namespace NetLab.Osi.Tests.Captures;

public sealed class CaptureReaderTests
{
    private static readonly DateTimeOffset Date = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0xA1B2C3D4u, false, 1000, 16)]
    [InlineData(0xA1B2C3D4u, true, 1000, 16)]
    [InlineData(0xA1B23C4Du, false, 1, 16)]
    [InlineData(0xA1B23C4Du, true, 1, 16)]
    [InlineData(0xA1B2CD34u, false, 1000, 24)]
    public void Pcap_of_every_byte_order_and_resolution(uint magic, bool bigEndian, int unit, int recordHeader)
    {
        byte[] file = Pcap(magic, bigEndian, recordHeader, [1, 2, 3], [4, 5]);
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
        Assert.True(reader.TryRead(out CapturedPacket first));
        Assert.Equal([1, 2, 3], first.Bytes.ToArray());
        Assert.Equal((1L, 100L, 1), (first.Number, first.OriginalLength, first.Source.LinkType));
        Assert.Equal((4_000_000_000L * 1_000_000_000) + (123_456L * unit), first.Time);
        Assert.True(reader.TryRead(out CapturedPacket second));
        Assert.Equal([4, 5], second.Bytes.ToArray());
        Assert.False(reader.TryRead(out _));
        Assert.Null(reader.Damage);
    }

    [Fact]
    public void Pcapng_comes_back_as_it_was_written() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 1]).List[0, 20].Sample(packets =>
        {
            byte[] file = Pcapng(packets);
            using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
            for (int i = 0; i < packets.Count; i++)
            {
                Assert.True(reader.TryRead(out CapturedPacket packet));
                Assert.Equal(packets[i].Item1, packet.Bytes.ToArray());
                Assert.Equal(packets[i].Item2 == 0 ? ("first", 1) : ("second", 101), (packet.Source.Name, packet.Source.LinkType));
                Assert.Equal((Date.AddTicks(i) - DateTimeOffset.UnixEpoch).Ticks * 100, packet.Time);
            }

            Assert.False(reader.TryRead(out _));
            Assert.Null(reader.Damage);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_cut_anywhere_gives_the_packets_before_the_cut_and_says_where(bool pcapng)
    {
        byte[][] packets = [[1, 2, 3, 4, 5], [6, 7], [8, 9, 10]];
        byte[] file = pcapng ? Pcapng([.. packets.Select(p => (p, 0))]) : Pcap(0xA1B2C3D4, false, 16, packets);
        for (int length = 4; length < file.Length; length++)
        {
            using CaptureReader reader = CaptureReader.Open(new MemoryStream(file, 0, length));
            int read = 0;
            while (reader.TryRead(out CapturedPacket packet))
            {
                Assert.Equal(packets[read++], packet.Bytes.ToArray());
            }

            // Between two records nothing is missing that the file announced.
            Assert.True(reader.Damage is null || reader.Damage.Contains("cut short", StringComparison.Ordinal), reader.Damage);
            Assert.InRange(read, 0, packets.Length - 1);
        }
    }

    [Fact]
    public void Damaged_files_end_with_a_line_and_never_with_an_exception()
    {
        byte[] pcap = Pcap(0xA1B2C3D4, false, 16, [1, 2, 3], [4, 5, 6, 7]);
        byte[] pcapng = Pcapng([([1, 2, 3], 0), ([4, 5], 1), ([6], 0)]);
        Gen.Select(Gen.Bool, Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 10_000], Gen.Byte).Sample((which, at, value, at2, value2) =>
        {
            byte[] file = [.. which ? pcap : pcapng];
            file[at % file.Length] = value;
            file[at2 % file.Length] = value2;
            try
            {
                using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
                int packets = 0;
                while (reader.TryRead(out _))
                {
                    Assert.True(++packets < 100);
                }

                Assert.DoesNotContain("\n", reader.Damage ?? "", StringComparison.Ordinal);
            }
            catch (InvalidDataException error)
            {
                // Only the magic and the version decide that a file is no capture at all.
                Assert.Matches("neither pcap nor pcapng|only 2.x is known", error.Message);
            }
        });
    }

    [Fact]
    public void A_length_that_lies_does_not_become_an_allocation()
    {
        byte[] file = Pcap(0xA1B2C3D4, false, 16, [1, 2, 3]);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(24 + 8), 0x7FFF_FFFF);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
        Assert.False(reader.TryRead(out _));
        Assert.Contains("2147483647", reader.Damage, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static byte[] Pcapng(IReadOnlyList<(byte[] Bytes, int Interface)> packets)
    {
        using var stream = new MemoryStream();
        using (var writer = new PcapngWriter(stream))
        {
            writer.AddInterface(1, "first", "a comment");
            writer.AddInterface(101, "second");
            for (int i = 0; i < packets.Count; i++)
            {
                writer.Write(packets[i].Interface, Date.AddTicks(i), packets[i].Bytes, i % 2 == 0 ? "noted" : null);
            }
        }

        return stream.ToArray();
    }

    private static byte[] Pcap(uint magic, bool bigEndian, int recordHeader, params byte[][] packets)
    {
        using var stream = new MemoryStream();
        Write(magic, bigEndian ? 0x0002_0004u : 0x0004_0002u, 0, 0, 65_535, 0xF000_0001);
        foreach (byte[] packet in packets)
        {
            Write(4_000_000_000, 123_456, (uint)packet.Length, 100);
            stream.Write(new byte[recordHeader - 16]);
            stream.Write(packet);
        }

        return stream.ToArray();

        void Write(params uint[] words)
        {
            Span<byte> bytes = stackalloc byte[4];
            foreach (uint word in words)
            {
                if (bigEndian)
                {
                    BinaryPrimitives.WriteUInt32BigEndian(bytes, word);
                }
                else
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
                }

                stream.Write(bytes);
            }
        }
    }
}
