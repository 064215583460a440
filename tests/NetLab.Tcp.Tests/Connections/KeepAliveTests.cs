using NetLab.Tcp.Connections;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections;

public sealed class KeepAliveTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(200);
    private readonly TimerTable _timers = new();

    [Theory]
    [InlineData(1, null, 10 + (5 * 1))]
    [InlineData(0.01, null, 10 + (5 * 0.2))] // no faster than the RTO
    [InlineData(1, 12.5, 12.5)] // RFC 5482: the user timeout says when
    [InlineData(3, 60.0, 60)]
    [Conformance(138)]
    public void A_silent_peer_is_given_up_after_its_probes_or_its_time(double interval, double? userTimeout, double givenUpAt)
    {
        KeepAlive keepAlive = Create(new ConnectionOptions
        {
            KeepAlive = TimeSpan.FromSeconds(10),
            KeepAliveInterval = TimeSpan.FromSeconds(interval),
            KeepAliveProbes = 5,
            UserTimeout = userTimeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        });
        keepAlive.OnHeard(Instant.Zero, ConnectionState.Established);
        (Instant now, KeepAlive.Outcome outcome) = (Instant.Zero, KeepAlive.Outcome.None);
        while (outcome != KeepAlive.Outcome.GiveUp)
        {
            now = _timers[ConnectionTimer.KeepAlive];
            outcome = keepAlive.OnTimer(now, hasUnacknowledged: false, Timeout);
            Assert.Equal(outcome == KeepAlive.Outcome.Probe, keepAlive.IsProbeDue);
            keepAlive.ClearProbe();
        }

        Assert.Equal(givenUpAt, now.SinceOrigin.TotalSeconds, 6);
    }

    [Fact]
    [Conformance(138)]
    public void A_sign_of_life_begins_the_wait_anew_and_takes_a_probe_back()
    {
        KeepAlive keepAlive = Create(new ConnectionOptions { KeepAlive = TimeSpan.FromSeconds(10), KeepAliveProbes = 1 });
        for (int i = 0; i < 100; i++)
        {
            Instant now = Instant.Zero + TimeSpan.FromSeconds(i * 10);
            keepAlive.OnHeard(now, ConnectionState.Established);
            Assert.False(keepAlive.IsProbeDue);
            Assert.Equal(now + TimeSpan.FromSeconds(10), _timers[ConnectionTimer.KeepAlive]);
            Assert.Equal(KeepAlive.Outcome.Probe, keepAlive.OnTimer(now + TimeSpan.FromSeconds(10), hasUnacknowledged: false, Timeout));
        }
    }

    [Theory]
    [InlineData(true, ConnectionState.Established, true)]
    [InlineData(true, ConnectionState.CloseWait, true)]
    [InlineData(true, ConnectionState.FinWait2, true)]
    [InlineData(true, ConnectionState.FinWait1, false)]
    [InlineData(true, ConnectionState.TimeWait, false)]
    [InlineData(false, ConnectionState.Established, false)]
    [Conformance(138, 140)]
    public void The_timer_runs_only_where_it_is_wanted_and_nothing_else_watches(bool wanted, ConnectionState state, bool runs)
    {
        KeepAlive keepAlive = Create(new ConnectionOptions { KeepAlive = wanted ? TimeSpan.FromSeconds(10) : null });
        keepAlive.OnHeard(Instant.Zero, state);
        Assert.Equal(runs, _timers.IsSet(ConnectionTimer.KeepAlive));
    }

    [Fact]
    [Conformance(138)]
    public void Data_on_its_way_is_probe_enough()
    {
        KeepAlive keepAlive = Create(new ConnectionOptions { KeepAlive = TimeSpan.FromSeconds(10), KeepAliveProbes = 1 });
        for (int i = 1; i < 10; i++)
        {
            Assert.Equal(KeepAlive.Outcome.None, keepAlive.OnTimer(Instant.Zero + TimeSpan.FromSeconds(10 * i), hasUnacknowledged: true, Timeout));
            Assert.False(keepAlive.IsProbeDue);
        }
    }

    private KeepAlive Create(ConnectionOptions options) => new(options, _timers);
}
