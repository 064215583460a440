using CsCheck;
using NetLab.Udp.Flows;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Flows;

public sealed class FlowTests
{
    [Fact]
    public void A_header_is_read_as_it_was_written_and_any_flipped_bit_is_noticed()
    {
        byte[] datagram = new byte[ProbeHeader.Size + 20];
        new Random(1).NextBytes(datagram);
        var header = new ProbeHeader(7, 1UL << 40, -5, 3, 20);
        header.Write(datagram, ProbeHeader.SumOf(datagram.AsSpan(ProbeHeader.Size)));
        Assert.True(ProbeHeader.TryRead(datagram, out ProbeHeader read));
        Assert.Equal(header, read);
        for (int bit = 0; bit < datagram.Length * 8; bit++)
        {
            datagram[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(ProbeHeader.TryRead(datagram, out _));
            datagram[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.False(ProbeHeader.TryRead(datagram.AsSpan(0, datagram.Length - 1), out _));
    }

    [Fact]
    public void Counts_agree_with_a_set_and_a_maximum() => Gen.Int[0, 200].List[1, 300].Sample(arrivals =>
    {
        var statistics = new FlowStatistics();
        var seen = new HashSet<int>();
        (int duplicates, int reordered, int highest) = (0, 0, -1);
        foreach (int sequence in arrivals)
        {
            bool isNew = seen.Add(sequence);
            duplicates += isNew ? 0 : 1;
            reordered += isNew && sequence < highest ? 1 : 0;
            highest = Math.Max(highest, sequence);
            Assert.Equal(isNew, statistics.Count(new ProbeHeader(1, (ulong)sequence, 0, 0, 10), default));
        }

        Assert.Equal((seen.Count, duplicates, reordered), (statistics.Received, statistics.Duplicates, statistics.Reordered));
        Assert.Equal(highest + 1 - seen.Count, statistics.Lost);
        Assert.Equal(10 * seen.Count, statistics.ReceivedBytes);
    });

    [Fact]
    public void Absurd_sequence_numbers_neither_throw_nor_spoil_the_count()
    {
        var statistics = new FlowStatistics();
        for (ulong i = 0; i < 100_000; i++)
        {
            statistics.Count(new ProbeHeader(1, i, 0, 0, 1), default);
        }

        foreach (ulong absurd in (ulong[])[ulong.MaxValue, ulong.MaxValue - 1, 1UL << 63, 100_000 + FlowStatistics.Window, 0, 5])
        {
            Assert.False(statistics.Count(new ProbeHeader(1, absurd, long.MinValue, 0, 1), new Instant(long.MaxValue)));
        }

        Assert.Equal((100_000, 0, 6), (statistics.Received, statistics.Lost, statistics.Implausible));
    }

    [Fact]
    public void Jitter_follows_rfc_3550()
    {
        // Transit times 10, 14, 10 ms: |D| is 4 and 4, J = 4/16 and then J += (4 - J)/16.
        var statistics = new FlowStatistics();
        int[] transits = [10, 14, 10];
        for (int i = 0; i < transits.Length; i++)
        {
            long sent = TimeSpan.FromMilliseconds(20 * i).Ticks;
            statistics.Count(new ProbeHeader(1, (ulong)i, sent, 0, 1), new Instant(sent + TimeSpan.FromMilliseconds(transits[i]).Ticks));
        }

        Assert.Equal(0.25 + ((4 - 0.25) / 16), statistics.Jitter.TotalMilliseconds, 3);
    }
}
