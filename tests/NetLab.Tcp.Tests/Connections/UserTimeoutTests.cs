using NetLab.Tcp.Connections;
using NetLab.Tcp.Options;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>Runs from the first byte that waits, anew with each sign of the peer, and not where nothing waits.</summary>
public sealed class UserTimeoutTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly TimerTable _timers = new();

    [Fact]
    public void Later_bytes_do_not_put_it_off_and_a_sign_of_the_peer_does()
    {
        var timeout = new UserTimeout(new ConnectionOptions { UserTimeout = Limit }, _timers);
        timeout.Start(At(1));
        timeout.Start(At(5));
        Assert.Equal(At(11), _timers[ConnectionTimer.UserTimeout]);
        timeout.Restart(At(6), isAwaited: true);
        Assert.Equal(At(16), _timers[ConnectionTimer.UserTimeout]);
        timeout.Restart(At(7), isAwaited: false);
        Assert.False(_timers.IsSet(ConnectionTimer.UserTimeout));
    }

    [Fact]
    public void Without_a_limit_it_never_runs()
    {
        var timeout = new UserTimeout(new ConnectionOptions(), _timers);
        timeout.Start(At(1));
        timeout.Restart(At(2), isAwaited: true);
        Assert.Equal(Instant.Never, _timers.Next);
    }

    private static Instant At(int seconds) => Instant.FromOrigin(TimeSpan.FromSeconds(seconds));
}
