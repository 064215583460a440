using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Recovery;

/// <summary>Karn's algorithm (RFC 6298, 3 and 5): a doubled RTO stays until something sent once has been measured.</summary>
public sealed class BackoffTests
{
    [Fact]
    [Conformance(95, 96)]
    public void A_doubled_timeout_stays_until_a_measurement()
    {
        ConnectionScript script = EstablishedConnection.With(sack: false);
        script.Write(new byte[1000]);
        script.TakeAll();
        foreach (int factor in (int[])[1, 2])
        {
            script.Advance(factor * EstablishedConnection.Timeout);
            script.Expect("the segment again", s => s.Is(1, 1001));
        }

        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Ack(1, 1001));
        script.Write(new byte[1000]);
        script.TakeAll();
        Assert.Equal(4 * EstablishedConnection.Timeout, script.NextTimeout);
        script.Advance(TimeSpan.FromSeconds(1));
        script.Inject(Say.Ack(1, 2001));

        // RTTVAR = 3/4 · 50 + 1/4 · 900 ms, SRTT = 7/8 · 100 + 1/8 · 1000 ms.
        script.Write(new byte[1000]);
        Assert.Equal(TimeSpan.FromMilliseconds(212.5 + (4 * 262.5)), script.NextTimeout);
    }

    [Fact]
    [Conformance(96)]
    public void An_echoed_timestamp_is_a_measurement_also_of_what_was_sent_twice()
    {
        ConnectionScript script = EstablishedConnection.With(new ConnectionOptions { Pacing = false, DelayedAcknowledgment = TimeSpan.Zero }, sack: false, timestamps: true);
        script.Write(new byte[500]);
        script.TakeAll();
        script.Advance(script.NextTimeout!.Value);
        ScriptedSegment again = script.Expect("the segment again", s => s.Sequence == 1);
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Ack(1, 501) with { Options = new() { Timestamps = new(3, again.Options.Timestamps!.Value.Value) } });
        Assert.Equal(0, script.Connection!.Metrics.Backoff);
    }

    [Fact]
    [Conformance(95, 103)]
    public void An_undo_by_reports_of_duplicates_is_no_measurement()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[1000]);
        script.Advance(TimeSpan.FromMilliseconds(242));
        script.Advance(EstablishedConnection.Timeout);
        Assert.Equal(3, script.TakeAll().Count);
        script.Advance(EstablishedConnection.Timeout);
        script.Inject(Say.Ack(1, 1001));
        script.Inject(Say.Sack(script, 1001, (1, 1001)));
        script.Inject(Say.Sack(script, 1001, (1, 1001)));
        Assert.Equal(1, script.Connection!.Metrics.Backoff);
    }

    [Fact]
    [Conformance(97)]
    public void A_slow_path_that_makes_progress_is_never_given_up()
    {
        // Every segment needs two tries, and nothing is ever measured: the tries of one count for it alone (RFC 9293, 3.8.3).
        ConnectionScript script = EstablishedConnection.With(new ConnectionOptions { Pacing = false, MaxRetransmissions = 3, MaxRetransmissionTimeout = TimeSpan.FromSeconds(2) }, sack: false);
        for (int i = 0; i < 20; i++)
        {
            script.Write(new byte[1000]);
            script.Advance(script.NextTimeout!.Value);
            script.Inject(Say.Ack(1, 1001 + (1000L * i)));
        }

        Assert.Null(script.Stream.CloseReason);
        Assert.Equal(20_000, script.Stream.Acknowledged);
    }

    [Fact]
    [Conformance(95, 96)]
    public void A_path_that_becomes_a_hundred_times_slower_is_measured_and_not_flooded()
    {
        var network = new SimulatedNetwork(7);
        SimulatedEndpoint client = network.AddMachine();
        SimulatedEndpoint server = network.AddMachine();
        var usual = new LinkDirection { Delay = TimeSpan.FromMilliseconds(10) };
        var there = network.AddLink(usual);
        var back = network.AddLink(usual);
        network.Connect(client, server, there, back);
        SimulatedStream? received = null;
        var options = new ConnectionOptions { Timestamps = false };
        server.Listen(options, stream => received = stream);
        SimulatedStream sender = client.Connect(server.Host.Address, options);
        sender.Write(new byte[10_000]);
        Assert.True(network.Run(() => sender.Acknowledged == 10_000, TimeSpan.FromSeconds(5)));
        foreach (var direction in new[] { there, back })
        {
            direction.Model.Change(network.Now, usual with { Delay = TimeSpan.FromSeconds(1) });
        }

        Instant from = network.Now;
        long before = sender.Connection!.Statistics.Retransmissions;
        sender.Write(new byte[200_000]);
        Assert.True(network.Run(() => received!.ReceivedBytes == 210_000, TimeSpan.FromMinutes(5)));
        Assert.InRange((network.Now - from).TotalSeconds, 0, 20);
        Assert.InRange(sender.Connection.Statistics.Retransmissions - before, 0, 30);
    }
}
