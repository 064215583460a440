using NetLab.Tcp.Counters;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Tcp.Timers;
using NetLab.Udp.Links;

namespace NetLab.Tcp.Tests.Diagnostics;

public sealed class ConnectionEventLogTests
{
    [Fact]
    public void A_log_tells_the_life_of_a_connection()
    {
        (ConnectionEventLog client, ConnectionEventLog server, _) = Exchange("delay=10ms", 1, 100_000);
        Assert.Equal(
            [ConnectionState.SynSent, ConnectionState.Established, ConnectionState.FinWait1, ConnectionState.FinWait2, ConnectionState.TimeWait, ConnectionState.Closed],
            client.Of(ConnectionEventKind.StateChanged).Select(e => e.State));
        Assert.Equal(
            [ConnectionState.SynReceived, ConnectionState.Established, ConnectionState.CloseWait, ConnectionState.LastAck, ConnectionState.Closed],
            server.Of(ConnectionEventKind.StateChanged).Select(e => e.State));

        // Each state from the one before.
        Assert.All(client.Of(ConnectionEventKind.StateChanged).Zip(client.Of(ConnectionEventKind.StateChanged).Skip(1)), p => Assert.Equal(p.First.State, p.Second.PreviousState));

        // What leaves one end of a link without faults reaches the other, unchanged and in order.
        Assert.Equal(
            client.Of(ConnectionEventKind.SegmentSent).Select(e => (e.Header, e.PayloadLength)),
            server.Of(ConnectionEventKind.SegmentReceived).Select(e => (e.Header, e.PayloadLength)));
        ConnectionMetrics last = client.Of(ConnectionEventKind.MetricsChanged).Last(e => e.State == ConnectionState.FinWait1).Metrics;
        Assert.InRange(last.SmoothedRoundTrip!.Value.TotalMilliseconds, 20, 61);
        Assert.True(last.CongestionWindow > 14_000);
        Assert.Empty(client.Of(ConnectionEventKind.SegmentLost));
    }

    [Theory]
    [InlineData("delay=10ms,loss=5%", 1)]
    [InlineData("delay=5ms,loss=10%,burst=3,reorder=5%,duplicate=2%", 2)]
    [InlineData("delay=20ms,rate=5M,queue=16K", 3)]
    public void The_log_and_the_statistics_tell_the_same(string link, ulong seed)
    {
        (ConnectionEventLog log, _, SimulatedPair pair) = Exchange(link, seed, 300_000);
        ConnectionStatistics statistics = pair.Client.Connection!.Statistics;
        ConnectionEvent[] sent = [.. log.Of(ConnectionEventKind.SegmentSent)];
        Assert.Equal(statistics.SegmentsSent, sent.Length);
        Assert.Equal(statistics.SegmentsReceived, log.Of(ConnectionEventKind.SegmentReceived).Count());
        Assert.Equal(statistics.Retransmissions, sent.Count(e => e.IsRetransmission));
        Assert.True(statistics.Retransmissions > 0);
        Assert.Equal(statistics.TailLossProbes, sent.Count(e => e.Purpose == SegmentPurpose.TailLossProbe));
        Assert.Equal(statistics.Timeouts, log.Of(ConnectionEventKind.TimerExpired).Count(e => e.Timer == ConnectionTimer.Retransmission));
        Assert.Equal(statistics.SpuriousRecoveries, log.Of(ConnectionEventKind.RecoveryUndone).Count());
        Assert.Equal(statistics.BytesSent, sent.Sum(e => e.PayloadLength));

        // Transmissions are numbered one after the other; what is acknowledged or lost is one that was sent, and only once.
        Assert.Equal(Enumerable.Range(1, sent.Count(e => e.Transmission > 0)).Select(n => (long)n), sent.Where(e => e.Transmission > 0).Select(e => e.Transmission));
        long[] acknowledged = [.. log.Of(ConnectionEventKind.SegmentAcknowledged).Select(e => e.Transmission)];
        Assert.Equal(acknowledged.Distinct(), acknowledged);
        Assert.Subset(sent.Select(e => e.Transmission).ToHashSet(), acknowledged.ToHashSet());
        Assert.Subset(sent.Select(e => e.Transmission).ToHashSet(), log.Of(ConnectionEventKind.SegmentLost).Select(e => e.Transmission).ToHashSet());
        Assert.Equal(300_000, log.Of(ConnectionEventKind.SegmentAcknowledged).Sum(e => e.PayloadLength));

        // Time does not run backwards, and a window once told is the one in force until the next.
        Assert.All(log.Events.Zip(log.Events.Skip(1)), p => Assert.True(p.First.At <= p.Second.At));
    }

    [Fact]
    public void Too_many_events_push_out_the_oldest()
    {
        var log = new ConnectionEventLog(capacity: 3);
        foreach (int n in Enumerable.Range(1, 5))
        {
            log.OnEvent(new ConnectionEvent { At = default, Kind = ConnectionEventKind.SegmentSent, Transmission = n });
        }

        Assert.Equal([3, 4, 5], log.Events.Select(e => e.Transmission));
        Assert.Equal(2, log.Forgotten);
    }

    /// <summary>A client that sends so many bytes, and both logs.</summary>
    internal static (ConnectionEventLog Client, ConnectionEventLog Server, SimulatedPair Pair) Exchange(string text, ulong seed, int bytes)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription link, out string? error), error);
        var client = new ConnectionEventLog();
        var server = new ConnectionEventLog();
        var pair = new SimulatedPair(
            link, seed, new ConnectionOptions { Observe = _ => client }, new ConnectionOptions { Observe = _ => server });
        Assert.True(pair.Run(() => pair.Client.IsEstablished, TimeSpan.FromMinutes(5)));
        pair.Client.Write(new byte[bytes]);
        pair.Client.Do(c => c.ShutdownSend());
        Assert.True(pair.Run(() => pair.Server is { IsEndOfStream: true }, TimeSpan.FromMinutes(5)));
        pair.Server!.Do(c => c.ShutdownSend());
        Assert.True(pair.Run(() => pair.ClientEndpoint.Connections + pair.ServerEndpoint.Connections == 0, TimeSpan.FromMinutes(10)));
        return (client, server, pair);
    }
}
