using NetLab.Tcp.Transport;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>A loop that polls asks its socket a little later while datagrams come in numbers, and at once otherwise.</summary>
public sealed class ReceiveModerationTests
{
    private static readonly TimeSpan Microsecond = TimeSpan.FromMicroseconds(1);

    [Fact]
    public void Requests_and_answers_are_never_waited_for()
    {
        var moderation = new ReceiveModeration();
        Instant now = new(0);
        for (int i = 0; i < 1000; i++)
        {
            // One every 20 µs: 50,000 a second.
            now += 20 * Microsecond;
            moderation.OnReceived(now, 1);
            moderation.OnEmpty(now);
            Assert.False(moderation.IsTooEarly(now));
        }
    }

    [Fact]
    public void A_flood_is_asked_for_in_portions_and_the_pause_ends()
    {
        var moderation = new ReceiveModeration();
        Instant now = new(0);
        for (int i = 0; i < 200; i++)
        {
            now += Microsecond;
            moderation.OnReceived(now, 1);
        }

        moderation.OnEmpty(now);
        Assert.True(moderation.IsTooEarly(now));
        Assert.True(moderation.IsTooEarly(now + ReceiveModeration.Pause - Microsecond));
        Assert.False(moderation.IsTooEarly(now + ReceiveModeration.Pause));
    }

    [Fact]
    public void After_a_flood_the_first_datagram_that_comes_alone_ends_the_moderation()
    {
        var moderation = new ReceiveModeration();
        Instant now = new(0);
        for (int i = 0; i < 200; i++)
        {
            now += Microsecond;
            moderation.OnReceived(now, 1);
        }

        now += TimeSpan.FromMilliseconds(5);
        moderation.OnReceived(now, 1);
        moderation.OnEmpty(now);
        Assert.False(moderation.IsTooEarly(now));
    }
}
