using NetLab.Tcp.Counters;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>Who means harm, or has simply gone: what it costs is bounded, and counted.</summary>
public sealed class DefenceTests
{
    private const int Many = 100_000;

    [Fact]
    public void Resets_by_guess_end_nothing_and_get_few_answers()
    {
        ConnectionScript script = ConnectionScript.Established();
        var random = new Random(1);
        for (int i = 0; i < Many; i++)
        {
            script.Inject(Say.Rst(random.NextInt64(1L << 32)) with { Flags = i % 2 == 0 ? SegmentFlags.Rst : SegmentFlags.Rst | SegmentFlags.Ack });
        }

        // One of 65,536 numbers in 2^32 lies in the window: those are challenged, no more than one an interval (RFC 5961, 3 and 7).
        Assert.Equal(1, script.Connection!.Statistics.ChallengeAcknowledgments);
        Assert.Single(script.TakeAll());
        script.ExpectState(ConnectionState.Established);
        script.Inject(Say.Data(1, 1, Say.Bytes(10)));
        Assert.Equal(Say.Bytes(10), script.Stream.Received);
    }

    [Fact]
    public void Data_by_guess_gets_into_no_stream()
    {
        ConnectionScript script = ConnectionScript.Established();
        var random = new Random(2);
        for (int i = 0; i < Many; i++)
        {
            script.Inject(Say.Data(random.NextInt64(1L << 32), random.NextInt64(1L << 32), new byte[] { 0xBA, 0xD0 }));
        }

        // Half are old by their number, and old data is acknowledged: an answer is smaller than what it answers, and never more than one.
        Assert.Empty(script.Stream.Received);
        Assert.InRange(script.TakeAll().Count, 1, Many);

        // Who has guessed the number has the acknowledgment to guess as well (RFC 5961, 5), and gets an answer an interval.
        for (int i = 0; i < Many; i++)
        {
            script.Inject(Say.Data(1, 1 + 70_000 + random.NextInt64((1L << 32) - 140_000), new byte[] { 0xBA, 0xD0 }));
        }

        Assert.Empty(script.Stream.Received);
        Assert.InRange(script.TakeAll().Count, 0, 1);
        script.Inject(Say.Data(1, 1, Say.Bytes(10)));
        Assert.Equal(Say.Bytes(10), script.Stream.Received);
    }

    [Fact]
    public void A_million_made_up_peers_find_a_table_that_does_not_grow()
    {
        const int Peers = 1_000_000;
        const int Backlog = 128;
        var demultiplexer = new Demultiplexer(new EndpointSecrets(1, 2));
        demultiplexer.Listen(new Listener(new ConnectionOptions(), Backlog, _ => new SimulatedStream()));
        byte[] buffer = new byte[DatagramSocket.MaxDatagramSize];
        byte[] datagram = new byte[SegmentWriter.SizeOf(default)];
        var random = new Random(3);
        var now = new Instant(0);
        int most = 0;
        long answers = 0;
        for (int i = 0; i < Peers; i++)
        {
            // A microsecond each; every second one a SYN, the others belong to connections that there never were.
            now += TimeSpan.FromMicroseconds(1);
            SegmentWriter.Write(datagram, new SegmentHeader
            {
                SourcePort = (ushort)random.Next(1, 65_536),
                DestinationPort = 80,
                Sequence = new SequenceNumber((uint)random.NextInt64(1L << 32)),
                Acknowledgment = new SequenceNumber((uint)random.NextInt64(1L << 32)),
                Flags = i % 2 == 0 ? SegmentFlags.Syn : SegmentFlags.Ack,
                Window = 1000,
            });
            demultiplexer.Receive(now, DatagramAddress.FromIPv4((uint)(0x0A00_0000 + i), (ushort)random.Next(1, 65_536)), datagram);
            while (demultiplexer.TryTransmit(now, buffer, 64, out _, out _))
            {
                answers++;
            }

            most = Math.Max(most, demultiplexer.Count);
        }

        DemultiplexerStatistics counted = demultiplexer.Statistics;
        Assert.Equal(Backlog, most);
        Assert.Equal((Peers / 2) - Backlog, counted.BacklogOverflows);
        Assert.Equal(Peers / 2, counted.ResetsSent + counted.Suppressed + counted.CookiesAccepted);

        // A thousand a second, by and large; cookies are no larger than what they answer.
        Assert.InRange(counted.ResetsSent, 500, 1_500);
        Assert.Equal(Backlog + counted.CookiesSent + counted.ResetsSent, answers);
    }

    [Fact]
    public void Half_open_is_not_for_ever()
    {
        ConnectionScript script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        Assert.Equal(1, script.Connections);
        script.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, script.Connections);
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);

        // The SYN_ACK, and seven times more.
        Assert.Equal(8, script.TakeAll().Count(s => s.Has(SegmentFlags.Syn)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public void An_orphan_whose_peer_takes_nothing_is_reset_though_it_answers(int window)
    {
        ConnectionScript script = ConnectionScript.Established(window: (ushort)window);
        script.Write(new byte[50_000]);
        script.Do("close", c => c.Close(script.Now));
        TimeSpan passed = TimeSpan.Zero;
        var step = TimeSpan.FromSeconds(1);
        while (script.Connections > 0 && passed < TimeSpan.FromMinutes(5))
        {
            // Alive, and its window stays shut: a question is answered, nothing is acknowledged.
            script.Inject(Say.Ack(1, 1, window: 0));
            script.Advance(step);
            passed += step;
        }

        Assert.InRange(passed.TotalSeconds, 59, 62);
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);
        Assert.Contains(script.TakeAll(), s => s.Has(SegmentFlags.Rst));
    }

    [Fact]
    public void An_orphan_whose_peer_is_slow_but_takes_something_is_not_reset()
    {
        ConnectionScript script = ConnectionScript.Established(window: 1000);
        script.Write(new byte[10_000]);
        script.Do("close", c => c.Close(script.Now));
        long taken = 1;
        TimeSpan passed = TimeSpan.Zero;
        while (script.Connection!.State == ConnectionState.FinWait1 && passed < TimeSpan.FromHours(1))
        {
            // All that has come is taken, fifty seconds late.
            passed += TimeSpan.FromSeconds(50);
            script.Advance(TimeSpan.FromSeconds(50));
            taken = script.TakeAll().Select(s => s.Sequence + s.Payload.Length + (s.Has(SegmentFlags.Fin) ? 1 : 0)).Append(taken).Max();
            script.Inject(Say.Ack(1, taken, window: 1000));
        }

        script.ExpectState(ConnectionState.FinWait2);
        Assert.True(passed > TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void An_orphan_whose_peer_is_silent_is_given_up_by_the_count_of_retransmissions_and_not_before()
    {
        ConnectionScript script = ConnectionScript.Established(window: 10_000);
        script.Write(new byte[5_000]);
        script.Do("close", c => c.Close(script.Now));
        script.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, script.Connections);
        script.Inject(Say.Ack(1, 1));
        script.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, script.Connections);
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);
    }

    [Fact]
    public void Who_still_reads_is_no_orphan()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Do("half-close", c => c.ShutdownSend());
        script.Inject(Say.Ack(1, 2));
        script.Advance(TimeSpan.FromHours(1));
        script.ExpectState(ConnectionState.FinWait2);
        script.Inject(Say.Data(1, 2, Say.Bytes(10)));
        Assert.Equal(Say.Bytes(10), script.Stream.Received);
    }

    [Fact]
    public void Whoever_sends_without_end_to_somebody_who_never_reads_fills_one_buffer()
    {
        var options = new ConnectionOptions { ReceiveBufferSize = 64 << 10 };
        ConnectionScript script = ConnectionScript.Established(options);
        script.Stream.ReadsAtOnce = false;
        byte[] block = new byte[1000];
        for (long sent = 1; sent < 10 << 20; sent += block.Length)
        {
            script.Inject(Say.Data(sent, 1, block));
        }

        Assert.InRange(script.Connection!.Unread, 60_000, 64 << 10);
        Assert.Equal(0, script.TakeAll()[^1].Window);
    }
}
