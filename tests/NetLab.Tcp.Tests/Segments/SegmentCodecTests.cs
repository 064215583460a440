using CsCheck;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Segments;

public sealed class SegmentCodecTests
{
    private static readonly Gen<SackBlock> Block = Gen.Select(Gen.UInt, Gen.UInt, (a, b) => new SackBlock(new SequenceNumber(a), new SequenceNumber(b)));

    // What a field that is left out would say is not read: it is zero.
    private static readonly Gen<AccurateEcnCounters> AccurateEcn =
        Gen.Select(Gen.UInt[0, 0xFF_FFFF], Gen.UInt[0, 0xFF_FFFF], Gen.UInt[0, 0xFF_FFFF], Gen.Int[0, 3], Gen.Bool, (ect0, ce, ect1, fields, ect1First) =>
        {
            var all = new AccurateEcnCounters(ect0, ce, ect1, fields, ect1First);
            return all with { Ect0 = all.HasEct0 ? ect0 : 0, Ce = all.HasCe ? ce : 0, Ect1 = all.HasEct1 ? ect1 : 0 };
        });

    private static readonly Gen<SegmentHeader> Header =
        Gen.Select(
            Gen.UShort, Gen.UShort, Gen.UInt, Gen.UInt, Gen.Byte, Gen.UShort,
            Gen.Select(Gen.Int[0, 65535].Nullable(), Gen.Int[0, 255].Nullable(), Gen.Bool, Gen.Bool, Gen.UInt, Block.Array[0, 2], AccurateEcn.Nullable()),
            (source, destination, sequence, acknowledgment, flags, window, o) =>
            {
                var sack = default(SackBlocks);
                foreach (SackBlock block in o.Item6)
                {
                    sack.Add(block);
                }

                return new SegmentHeader
                {
                    SourcePort = source,
                    DestinationPort = destination,
                    Sequence = new SequenceNumber(sequence),
                    Acknowledgment = new SequenceNumber(acknowledgment),
                    Flags = (SegmentFlags)flags,
                    Window = window,
                    Options = new SegmentOptions
                    {
                        // MSS and window scale travel in a SYN, SACK blocks never do: together they would not fit.
                        MaxSegmentSize = o.Item6.Length == 0 ? o.Item1 : null,
                        WindowScale = o.Item6.Length == 0 ? o.Item2 : null,
                        SackPermitted = o.Item3 && o.Item6.Length == 0,
                        Timestamps = o.Item4 ? new SegmentTimestamps(o.Item5, ~o.Item5) : null,
                        Sack = sack,
                        AccurateEcn = o.Item6.Length < 2 ? o.Item7 : null,
                    },
                };
            });

    [Fact]
    [Conformance(14)]
    public void What_was_written_is_read() => Gen.Select(Header, Gen.Byte.Array[0, 200]).Sample((header, payload) =>
    {
        byte[] datagram = Write(header, payload);
        Assert.True(SegmentReader.TryRead(datagram, out Segment segment, out SegmentError error), error.ToString());
        Assert.Equal(header, segment.Header);
        Assert.Equal(payload, segment.Payload.ToArray());
    });

    [Fact]
    [Conformance(14)]
    public void Any_bytes_are_read_or_refused_without_allocation()
    {
        // Random bytes behind a random true header: the parser must get past the first checks.
        Gen.Select(Gen.Byte.Array[0, 100], Gen.Bool).Sample((bytes, mend) =>
        {
            if (mend && bytes.Length >= 20)
            {
                bytes[12] |= 0x50;
                (bytes[16], bytes[17]) = (0, 0);
                ushort checksum = InternetChecksum.OfSegment(bytes);
                (bytes[16], bytes[17]) = ((byte)(checksum >> 8), (byte)checksum);
            }

            bool read = SegmentReader.TryRead(bytes, out _, out SegmentError error);
            Assert.Equal(read, error == SegmentError.None);
        });

        byte[] datagram = Write(new SegmentHeader { Options = new SegmentOptions { MaxSegmentSize = 1400, WindowScale = 7 } }, new byte[100]);
        SegmentReader.TryRead(datagram, out _, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            SegmentReader.TryRead(datagram, out _, out _);
            SegmentReader.TryRead(datagram.AsSpan(0, i % datagram.Length), out _, out _);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [Conformance(14)]
    [InlineData(new byte[] { 2, 0, 0, 0 }, SegmentError.BadOption)]
    [InlineData(new byte[] { 2, 1, 0, 0 }, SegmentError.BadOption)]
    [InlineData(new byte[] { 2, 5, 0, 0 }, SegmentError.BadOption)]
    [InlineData(new byte[] { 2, 3, 0, 0 }, SegmentError.BadOption)]
    [InlineData(new byte[] { 5, 4, 0, 0 }, SegmentError.BadOption)]
    [InlineData(new byte[] { 1, 1, 1, 99 }, SegmentError.BadOption)]
    [InlineData(new byte[] { 99, 4, 7, 7 }, SegmentError.None)]
    [InlineData(new byte[] { 0, 2, 0, 0 }, SegmentError.None)]
    public void Options_with_impossible_lengths_are_refused_and_unknown_ones_skipped(byte[] options, SegmentError expected)
    {
        SegmentReader.TryRead(WithOptions(options), out _, out SegmentError error);
        Assert.Equal(expected, error);
    }

    [Theory]
    [Conformance(14)]
    [InlineData(new byte[] { 1, 1, 8, 10, 0, 0, 1, 2, 0, 0, 3, 4 })]
    [InlineData(new byte[] { 8, 10, 0, 0, 1, 2, 0, 0, 3, 4, 1, 1 })]
    [InlineData(new byte[] { 1, 8, 10, 0, 0, 1, 2, 0, 0, 3, 4, 0 })]
    [InlineData(new byte[] { 1, 1, 8, 10, 0, 0, 1, 2, 0, 0, 3, 4, 1, 1, 1, 0 })]
    public void However_timestamps_are_padded_they_read_the_same(byte[] options)
    {
        Assert.True(SegmentReader.TryRead(WithOptions(options), out Segment segment, out _));
        Assert.Equal(new SegmentOptions { Timestamps = new SegmentTimestamps(0x0102, 0x0304) }, segment.Header.Options);
    }

    [Fact]
    [Conformance(14)]
    public void A_cut_segment_and_a_short_data_offset_are_refused()
    {
        byte[] datagram = Write(new SegmentHeader(), [1, 2, 3]);
        SegmentReader.TryRead(datagram.AsSpan(0, 19), out _, out SegmentError cut);
        Assert.Equal(SegmentError.Truncated, cut);
        datagram[12] = 0x40;
        SegmentReader.TryRead(datagram, out _, out SegmentError offset);
        Assert.Equal(SegmentError.BadDataOffset, offset);
        datagram[12] = 0xF0;
        SegmentReader.TryRead(datagram, out _, out SegmentError beyond);
        Assert.Equal(SegmentError.Truncated, beyond);
    }

    [Fact]
    [Conformance(15)]
    public void Every_flipped_bit_is_noticed_counted_and_not_answered()
    {
        byte[] datagram = Write(new SegmentHeader { Flags = SegmentFlags.Syn, SourcePort = 9000 }, [1, 2, 3]);
        var script = ConnectionScript.Listening();
        int refused = 0;
        for (int bit = 0; bit < datagram.Length * 8; bit++)
        {
            datagram[bit / 8] ^= (byte)(1 << (bit % 8));
            refused += SegmentReader.TryRead(datagram, out _, out _) ? 0 : 1;
            script.InjectRaw(datagram);
            datagram[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(datagram.Length * 8, refused);
        Assert.Equal(refused, script.Statistics.BadChecksums + script.Statistics.Malformed);
        script.ExpectNothing();
        Assert.Equal(0, script.Connections);
    }

    [Fact]
    public void The_checksum_agrees_with_the_definition() => Gen.Byte.Array[0, 3000].Sample(bytes =>
    {
        // RFC 1071, 1, word by word; the oracle of the vectorized one.
        long sum = InternetChecksum.TcpProtocol + bytes.Length;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += (bytes[i] << 8) + (i + 1 < bytes.Length ? bytes[i + 1] : 0);
        }

        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return InternetChecksum.OfSegment(bytes) == (ushort)~sum;
    });

    private static byte[] WithOptions(byte[] options)
    {
        byte[] datagram = new byte[SegmentHeader.MinSize + options.Length];
        datagram[12] = (byte)(datagram.Length / 4 << 4);
        options.CopyTo(datagram, SegmentHeader.MinSize);
        ushort checksum = InternetChecksum.OfSegment(datagram);
        (datagram[16], datagram[17]) = ((byte)(checksum >> 8), (byte)checksum);
        return datagram;
    }

    /// <summary>A payload is added up as it is copied, and not a second time: what is given counts, whatever stands there.</summary>
    [Fact]
    public void A_payload_that_was_added_up_is_not_added_up_again()
    {
        byte[] payload = [1, 2, 3, 4, 5, 6, 7];
        var header = new SegmentHeader { SourcePort = 1, DestinationPort = 2, Flags = SegmentFlags.Ack, Options = new SegmentOptions { Timestamps = new SegmentTimestamps(1, 2) } };
        byte[] twice = new byte[32 + payload.Length];
        payload.CopyTo(twice, 32);
        SegmentWriter.Write(twice, header);
        byte[] once = new byte[32 + payload.Length];
        ulong sum = InternetChecksum.CopyAndSum(payload, once.AsSpan(32));
        once.AsSpan(32).Clear();
        SegmentWriter.Write(once, header, sum);
        payload.CopyTo(once, 32);
        Assert.Equal(twice, once);
        Assert.Equal(0, InternetChecksum.OfSegment(once));
    }

    private static byte[] Write(SegmentHeader header, ReadOnlySpan<byte> payload)
    {
        byte[] datagram = new byte[SegmentWriter.SizeOf(header.Options) + payload.Length];
        payload.CopyTo(datagram.AsSpan(datagram.Length - payload.Length));
        SegmentWriter.Write(datagram, header);
        return datagram;
    }
}
