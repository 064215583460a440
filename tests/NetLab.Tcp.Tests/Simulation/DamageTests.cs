using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;

namespace NetLab.Tcp.Tests.Simulation;

/// <summary>Particular damage, tried out systematically: what random links would find only by chance.</summary>
public sealed class DamageTests
{
    private const int Size = 30_000;

    /// <summary>Every pattern of loss over the first datagrams of each direction; and that the counts add up.</summary>
    [Fact]
    [Conformance(172, 176)]
    public void Whichever_of_the_first_datagrams_are_lost_everything_arrives()
    {
        Parallel.For(0, 256, mask =>
        {
            SimulatedPair pair = Pair("delay=10ms" + Drops("up", mask & 15) + Drops("down", mask >> 4));
            Exchange(pair, $"mask {mask:X2}");
            ConnectionStatisticsAddUp(pair);
        });

        static string Drops(string direction, int mask) =>
            string.Concat(Enumerable.Range(0, 4).Where(i => (mask >> i & 1) != 0).Select(i => $",{direction}.drop=ANY#{i + 1}"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(20)]
    [Conformance(172)]
    public void Every_so_many_th_datagram_lost_both_ways_is_borne(int every)
    {
        Exchange(Pair("delay=10ms" + string.Concat(Enumerable.Range(1, 500).Select(i => $",drop=ANY#{i * every}"))), $"every {every}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [Conformance(174)]
    public void A_flight_delivered_in_random_order_arrives_in_the_right_one(ulong seed)
    {
        // Jitter of ten times what a flight takes, and no order kept.
        Assert.True(LinkDescription.TryParse("delay=5ms,jitter=50ms", out LinkDescription link, out _));
        link = link with { Up = link.Up with { JitterReorders = true }, Down = link.Down with { JitterReorders = true } };
        Exchange(new SimulatedPair(link, seed), $"seed {seed}");
    }

    [Theory]
    [InlineData(0.5, 2048)]
    [InlineData(50, 2048)]
    [InlineData(300, 2048)]
    [InlineData(0.5, 262_144)]
    [InlineData(50, 262_144)]
    [InlineData(300, 262_144)]
    [Conformance(171)]
    public void Loss_of_five_percent_is_borne_at_every_round_trip_and_buffer(double delay, int buffer)
    {
        Assert.True(LinkDescription.TryParse(FormattableString.Invariant($"delay={delay}ms,loss=5%,seed=2"), out LinkDescription link, out _));
        var options = new ConnectionOptions { ReceiveBufferSize = buffer };
        Exchange(new SimulatedPair(link, 1, options, options), $"{delay} ms, {buffer} bytes");
    }

    [Theory]
    [InlineData("SYN#1")]
    [InlineData("SYN#1,SYN#2")]
    [InlineData("SYN_ACK#1")]
    [InlineData("SYN_ACK#1,SYN_ACK#2")]
    [InlineData("ACK#1")]
    [InlineData("SYN#1,SYN_ACK#1,ACK#1")]
    [InlineData("FIN#1,FIN#2,RST#1")]
    [Conformance(171)]
    public void A_lost_handshake_or_goodbye_is_said_again(string drops) => Exchange(Pair($"delay=10ms,drop={drops}"), drops);

    private static SimulatedPair Pair(string text)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription link, out string? error), error);
        return new SimulatedPair(link, 5);
    }

    private static void Exchange(SimulatedPair pair, string what)
    {
        byte[] up = new byte[Size];
        byte[] down = new byte[Size];
        new Random(1).NextBytes(up);
        new Random(2).NextBytes(down);
        pair.Client.Write(up);
        pair.Client.Do(c => c.ShutdownSend());
        Assert.True(pair.Run(() => pair.Server is { IsEstablished: true }, TimeSpan.FromMinutes(10)), $"{what}: the handshake did not end");
        pair.Server!.Write(down);
        pair.Server.Do(c => c.ShutdownSend());
        Assert.True(pair.Run(() => pair.Client.CloseReason is not null && pair.Server.CloseReason is not null, TimeSpan.FromMinutes(60)), $"{what}: not closed");
        Assert.Equal((CloseReason.Finished, CloseReason.Finished), (pair.Client.CloseReason, pair.Server.CloseReason));
        Assert.Equal(up, pair.Server.Received);
        Assert.Equal(down, pair.Client.Received);
    }

    // sent = received + lost, for each direction; the handshake's and the goodbyes' segments are counted like any other.
    private static void ConnectionStatisticsAddUp(SimulatedPair pair)
    {
        pair.Advance(TimeSpan.FromMinutes(1));
        var client = pair.Client.Connection!.Statistics;
        var server = pair.Server!.Connection!.Statistics;
        Assert.Equal(pair.Up.Statistics.Entered, pair.Up.Statistics.Delivered + pair.Up.Statistics.Dropped);
        Assert.Equal(pair.Up.Statistics.Entered, client.SegmentsSent);
        Assert.Equal(pair.Down.Statistics.Entered, server.SegmentsSent);
        Assert.Equal(client.BytesAcknowledged, server.BytesReceived);
        Assert.True(client.BytesSent >= client.BytesAcknowledged);
        Assert.True(client.Retransmissions >= pair.Up.Statistics.Dropped - pair.Up.Statistics.Delivered);
    }
}
