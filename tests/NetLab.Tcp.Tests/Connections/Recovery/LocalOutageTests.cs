using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Recovery;

/// <summary>Retransmissions that did not leave this machine say nothing of the path: no back-off, and none counts against the peer.</summary>
public sealed class LocalOutageTests
{
    private static readonly Instant Start = Instant.FromOrigin(TimeSpan.FromHours(1));

    [Fact]
    public void Each_expiry_is_taken_back_once_but_for_the_first()
    {
        var outage = default(LocalOutage);
        Assert.False(outage.OnNotSent(Start, 2));
        outage.OnBackedOff();
        Assert.False(outage.OnNotSent(Start, 1));
        outage.OnBackedOff();
        Assert.True(outage.OnNotSent(Start, 2));
        Assert.False(outage.OnNotSent(Start, 2));
    }

    [Fact]
    public void After_a_quarter_of_an_hour_they_count()
    {
        var outage = default(LocalOutage);
        outage.OnBackedOff();
        outage.OnNotSent(Start, 1);
        outage.OnBackedOff();
        Assert.True(outage.OnNotSent(Start + LocalOutage.MaxDuration - TimeSpan.FromTicks(1), 2));
        outage.OnBackedOff();
        Assert.False(outage.OnNotSent(Start + LocalOutage.MaxDuration, 2));
    }

    /// <summary>
    /// As with a socket that says NoRoute: all that is written for five minutes goes nowhere. When the way is back, what is outstanding goes
    /// again at the pace of the first retransmissions, and not after a wait that has doubled all the while.
    /// </summary>
    [Fact]
    public void A_transfer_resumes_at_once_when_the_way_is_back()
    {
        ConnectionScript script = ConnectionScript.Established(new ConnectionOptions { MaxRetransmissions = 5 });
        script.Write(new byte[100]);
        script.TakeAll();
        Instant last = script.Now;
        TimeSpan wait = default;
        Instant end = script.Now + TimeSpan.FromMinutes(5);
        while (script.Now < end)
        {
            script.Advance(script.NextTimeout!.Value);
            if (script.TakeAll().Any(s => s.Payload.Length > 0))
            {
                (wait, last) = (script.Now - last, script.Now);
                script.Do("it did not leave", c => c.OnNotSent(script.Now));
            }
        }

        Assert.Null(script.Connection!.CloseReason);
        Assert.InRange(wait, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(4));
        script.Advance(script.NextTimeout!.Value);
        Assert.Contains(script.TakeAll(), s => s.Payload.Length == 100);
        script.Inject(Say.Ack(1, 101));
        Assert.Equal(100, script.Stream.Acknowledged);
    }
}
