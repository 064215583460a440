using CsCheck;
using NetLab.Udp.Flows;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
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

    [Fact]
    public void What_is_missing_where_the_buffer_was_full_was_lost_there_and_nowhere_else()
    {
        var statistics = new FlowStatistics(bufferDrops: 7);
        Count(0, 7);
        Count(3, 7);
        Assert.Equal((2, 0), (statistics.Lost, statistics.LostInSocketBuffer));

        // One drop may have been a whole batch of 64, so all ten count; one that comes late after all was not dropped.
        Count(14, 8);
        Assert.Equal((12, 10), (statistics.Lost, statistics.LostInSocketBuffer));
        Count(5, 8);
        Assert.Equal((11, 9), (statistics.Lost, statistics.LostInSocketBuffer));
        Count(1, 8);
        Assert.Equal((10, 9), (statistics.Lost, statistics.LostInSocketBuffer));

        // More is missing than the drops can have been.
        Count(214, 10);
        Assert.Equal((209, 9 + 128), (statistics.Lost, statistics.LostInSocketBuffer));
        statistics.End(220, 11);
        Assert.Equal((214, 9 + 128 + 5), (statistics.Lost, statistics.LostInSocketBuffer));

        void Count(ulong sequence, uint drops) => statistics.Count(new ProbeHeader(1, sequence, 0, 0, 1), default, drops);
    }

    [Fact]
    public void A_pause_longer_than_the_window_is_believed_when_it_is_said_twice()
    {
        var statistics = new FlowStatistics();
        ulong far = 10 * FlowStatistics.Window;
        Assert.True(statistics.Count(new ProbeHeader(1, 0, 0, 0, 100), default));
        Assert.False(statistics.Count(new ProbeHeader(1, far, 0, 0, 100), default));
        Assert.True(statistics.Count(new ProbeHeader(1, far + 1, 0, 0, 100), default));
        Assert.True(statistics.Count(new ProbeHeader(1, far + 2, 0, 0, 100), default));
        Assert.False(statistics.Count(new ProbeHeader(1, far, 0, 0, 100), default));
        Assert.Equal((4, 1, 0), (statistics.Received, statistics.Duplicates, statistics.Implausible));
        Assert.Equal((long)far + 3 - 4, statistics.Lost);
        Assert.Equal(400, statistics.ReceivedBytes);
    }

    [Fact]
    public void Delays_are_known_of_this_machines_clock_and_of_no_other()
    {
        var statistics = new FlowStatistics();
        statistics.Count(new ProbeHeader(1, 0, 0, unchecked(MonotonicClock.Id + 1), 1), new Instant(50));
        Assert.Null(statistics.Delay);
        if (MonotonicClock.Id == 0)
        {
            return;
        }

        statistics.Count(new ProbeHeader(1, 1, 1000, MonotonicClock.Id, 1), new Instant(1500));
        Assert.Equal(TimeSpan.FromMicroseconds(50), statistics.Delay!.Percentile(0.5));
    }

    [Fact]
    public void Made_up_flows_cost_bounded_memory_and_leave_the_good_ones_count_alone()
    {
        var sink = new DatagramSink();
        var random = new Random(5);
        DatagramAddress good = DatagramAddress.FromIPv4(0x7F00_0001, 5000);
        byte[] datagram = new byte[ProbeHeader.Size + 8];
        for (uint i = 0; i < 100_000; i++)
        {
            random.NextBytes(datagram);
            DatagramAddress sender = DatagramAddress.FromIPv4((uint)random.Next(), random.Next(1, 65536));
            if (i % 3 > 0)
            {
                // A good header with absurd numbers; some claim the good flow's number, one its very sender's neighbour.
                uint flow = i % 3 == 1 ? 1 : (uint)random.Next();
                new ProbeHeader(flow, (ulong)random.NextInt64(), random.NextInt64(), MonotonicClock.Id, 8).Write(datagram, ProbeHeader.SumOf(datagram.AsSpan(ProbeHeader.Size)));
            }

            sink.Take(datagram, sender, new Instant(random.NextInt64()));
            if (i % 10 == 0)
            {
                new ProbeHeader(1, i / 10, 0, 0, 8).Write(datagram, ProbeHeader.SumOf(datagram.AsSpan(ProbeHeader.Size)));
                sink.Take(datagram, good, new Instant(i));
            }
        }

        FlowStatistics flow1 = sink.Find(new FlowId(good, 1))!;
        Assert.Equal((10_000, 0, 0), (flow1.Received, flow1.Lost, flow1.Duplicates));
        Assert.InRange(sink.Flows.Count(), 1, DatagramSink.MaxFlows);
    }

    [Fact]
    public void A_sink_told_which_flows_to_take_takes_no_other()
    {
        DatagramAddress from = DatagramAddress.FromIPv4(1, 1);
        var sink = new DatagramSink { Accepts = id => id == new FlowId(from, 7) };
        byte[] datagram = new byte[ProbeHeader.Size];
        foreach ((uint flow, int port) in ((uint, int)[])[(7, 1), (8, 1), (7, 2)])
        {
            new ProbeHeader(flow, 0, 0, 0, 0).Write(datagram, 0);
            sink.Take(datagram, DatagramAddress.FromIPv4(1, port), default);
        }

        Assert.Equal((1, 2), (sink.Find(new FlowId(from, 7))!.Received, sink.Foreign));
    }

    /// <summary>The sink's counts against the link's own log, datagram by datagram.</summary>
    [Fact]
    public void A_sink_that_routes_counts_each_flow_in_the_sink_that_is_its_own()
    {
        DatagramAddress from = DatagramAddress.FromIPv4(0x7F00_0001, 9);
        var own = new DatagramSink();
        var told = new List<uint>();
        DatagramSink? target = own;
        var sink = new DatagramSink
        {
            Accepts = flow => flow.Number == 1,
            Route = flow => flow.Number == 2 ? target : null,
            OnPayload = (in ProbeHeader header, ReadOnlySpan<byte> payload, DatagramAddress _) => told.Add(header.Flow),
        };
        foreach ((uint flow, ulong sequence) in ((uint, ulong)[])[(1, 0), (2, 0), (2, 1), (3, 0), (1, 1)])
        {
            Take(flow, sequence);
        }

        Assert.Equal((2L, 2L, 1L, 0L), (sink.Find(new FlowId(from, 1))!.Received, own.Find(new FlowId(from, 2))!.Received, sink.Foreign, sink.Unreadable));
        Assert.Equal([1u, 2u, 2u, 1u], told);

        // Whose measurement is over is nobody's any more, also where it was the last that came.
        Take(2, 2);
        target = null;
        sink.Reroute();
        Take(2, 3);
        sink.Take([1, 2, 3], from, Instant.Zero);
        Assert.Equal((3L, 3L, 1L), (own.Find(new FlowId(from, 2))!.Received, sink.Foreign, sink.Unreadable));

        void Take(uint flow, ulong sequence)
        {
            byte[] datagram = new byte[ProbeHeader.Size];
            new ProbeHeader(flow, sequence, 0, 0, 0).Write(datagram, ProbeHeader.SumOf([]));
            sink.Take(datagram, from, Instant.Zero);
        }
    }

    [Fact]
    public void What_a_sink_counts_is_what_the_links_log_says() =>
        Gen.Select(Gen.Double[0, 0.4], Gen.Double[0, 0.4], Gen.Double[0, 0.4], Gen.Double[0, 0.3], Gen.Select(Gen.Int[0, 3000], Gen.Bool, Gen.ULong)).Sample(
            (loss, duplicate, reorder, corrupt, other) =>
            {
                (int jitter, bool jitterReorders, ulong seed) = other;
                var direction = new LinkDirection
                {
                    Loss = loss,
                    Duplicate = duplicate,
                    Reorder = reorder,
                    Corrupt = corrupt,
                    Jitter = TimeSpan.FromMicroseconds(jitter),
                    JitterReorders = jitterReorders,
                };
                var link = new EmulatedLink<int>(new LinkModel(direction, seed));
                var log = new List<LinkOutcome>();
                link.Log = log.Add;
                var sink = new DatagramSink();
                DatagramAddress from = DatagramAddress.FromIPv4(1, 1);
                byte[] datagram = new byte[ProbeHeader.Size + 20];
                (int damaged, int overtaken, int highest) = (0, 0, -1);
                const int Count = 400;
                for (int i = 0; i < Count; i++)
                {
                    new ProbeHeader(1, (ulong)i, 0, 0, 20).Write(datagram, ProbeHeader.SumOf(datagram.AsSpan(ProbeHeader.Size)));
                    link.Enter(Instant.FromOrigin(TimeSpan.FromMicroseconds(200 * i)), datagram, i);
                }

                var seen = new HashSet<int>();
                while (link.TryDeliver(Instant.Never - TimeSpan.FromTicks(1), (bytes, i, _) =>
                {
                    sink.Take(bytes, from, default);
                    bool isDamaged = (log[i].Effects & LinkEffects.Corrupted) != 0;
                    damaged += isDamaged ? 1 : 0;
                    if (!isDamaged && seen.Add(i))
                    {
                        overtaken += i < highest ? 1 : 0;
                        highest = Math.Max(highest, i);
                    }
                }))
                {
                }

                int lost = log.Count(o => o.IsDropped || (o.Effects & LinkEffects.Corrupted) != 0);
                int duplicated = log.Count(o => o.IsDuplicated && (o.Effects & LinkEffects.Corrupted) == 0);
                FlowStatistics flow = sink.Find(new FlowId(from, 1)) ?? new FlowStatistics();
                flow.End(Count);
                Assert.Equal((lost, duplicated, overtaken, damaged), (flow.Lost, flow.Duplicates, flow.Reordered, sink.Foreign));
            },
            iter: 300);
}
