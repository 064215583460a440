using CsCheck;
using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Recovery;

/// <summary>One timer for one purpose at a time: retransmission, tail loss probe or window probe.</summary>
public sealed class LossTimerTests
{
    private static readonly ConnectionTimer[] Purposes = [ConnectionTimer.Retransmission, ConnectionTimer.TailLossProbe, ConnectionTimer.WindowProbe];

    [Fact]
    public void Whatever_is_asked_it_runs_for_one_purpose_at_most_and_a_probe_never_puts_off_the_retransmission() =>
        Gen.Select(Gen.Int[0, 7], Gen.Int[1, 100], (what, at) => (what, at)).Array[0, 50].Sample(steps =>
        {
            var timers = new TimerTable();
            var timer = new LossTimer(timers);
            foreach ((int what, int at) in steps)
            {
                Instant deadline = Instant.FromOrigin(TimeSpan.FromMilliseconds(at));
                Instant before = timer.RetransmissionAt;
                switch (what)
                {
                    case 0:
                        timer.StartRetransmission(deadline);
                        Assert.Equal(deadline, timer.RetransmissionAt);
                        break;
                    case 1:
                        timer.EnsureRetransmission(deadline);
                        Assert.Equal(before == Instant.Never ? deadline : before, timer.RetransmissionAt);
                        break;
                    case 2 when before != Instant.Never:
                        timer.StartTailProbe(deadline);
                        Assert.Equal(before, timer.RetransmissionAt);
                        Assert.Equal(Instant.Min(before, deadline), timers[ConnectionTimer.TailLossProbe]);
                        break;
                    case 3:
                        timer.CancelTailProbe();
                        Assert.Equal(before, timer.RetransmissionAt);
                        Assert.Equal(before, timers[ConnectionTimer.Retransmission]);
                        break;
                    case 4:
                        timer.StartWindowProbe(deadline);
                        Assert.True(timer.AwaitsWindow);
                        Assert.Equal(Instant.Never, timer.RetransmissionAt);
                        break;
                    case 5:
                        timer.CancelWindowProbe();
                        Assert.False(timer.AwaitsWindow);
                        break;
                    case 6:
                        timer.Stop();
                        Assert.Equal(Instant.Never, timers.Next);
                        break;
                    default:
                        timers.TryExpire(ConnectionTimer.TailLossProbe, Instant.Never);
                        break;
                }

                Assert.InRange(Purposes.Count(timers.IsSet), 0, 1);
            }
        });
}
