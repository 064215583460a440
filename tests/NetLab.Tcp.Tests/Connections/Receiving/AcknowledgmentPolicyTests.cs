using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Options;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Receiving;

/// <summary>Delayed acknowledgments: every second full segment, no later than the delay after the first byte that waits (RFC 9293, 3.8.6.3).</summary>
public sealed class AcknowledgmentPolicyTests
{
    private static readonly ConnectionOptions Options = new() { DelayedAcknowledgment = TimeSpan.FromMilliseconds(40), QuickAcknowledgments = 0 };

    private readonly TimerTable _timers = new();

    [Fact]
    public void Every_second_full_segment_is_acknowledged()
    {
        AcknowledgmentPolicy policy = Create(Options);
        int owed = 0;
        for (int i = 0; i < 10; i++)
        {
            policy.OnInOrder(1_000, At(i));
            owed += policy.Owed;
            if (policy.Owed > 0)
            {
                policy.OnSent();
            }
        }

        Assert.Equal(5, owed);
    }

    [Fact]
    public void The_delay_counts_from_the_first_byte_that_waits()
    {
        AcknowledgmentPolicy policy = Create(Options);
        policy.OnInOrder(1_000, At(0));
        policy.OnSent();
        policy.OnInOrder(10, At(5));
        policy.OnInOrder(10, At(30));
        Assert.Equal((0, At(45)), (policy.Owed, _timers[ConnectionTimer.DelayedAcknowledgment]));
        policy.OnSent();
        Assert.False(_timers.IsSet(ConnectionTimer.DelayedAcknowledgment));
    }

    /// <summary>A second segment that is short must not wait, or its sender takes it for lost.</summary>
    [Fact]
    public void More_than_one_full_segment_never_waits()
    {
        AcknowledgmentPolicy policy = Create(Options);
        policy.OnInOrder(1_000, At(0));
        Assert.Equal(0, policy.Owed);
        policy.OnInOrder(1, At(1));
        Assert.Equal(1, policy.Owed);
    }

    [Fact]
    public void The_first_segments_are_acknowledged_at_once_if_asked_for()
    {
        AcknowledgmentPolicy policy = Create(Options with { QuickAcknowledgments = 3 });
        int[] owed = [.. Enumerable.Range(0, 4).Select(i =>
        {
            policy.OnInOrder(1_000, At(i));
            int now = policy.Owed;
            if (now > 0)
            {
                policy.OnSent();
            }

            return now;
        })];
        Assert.Equal([1, 1, 1, 0], owed);
    }

    /// <summary>Duplicates are answered one by one, as the peer counts them; what else wants an answer shares one; a flood is not followed.</summary>
    [Fact]
    public void Duplicates_add_up_to_a_limit_and_the_rest_does_not()
    {
        AcknowledgmentPolicy policy = Create(Options);
        policy.OweOne();
        policy.OweOne();
        Assert.Equal(1, policy.Owed);
        policy.OweDuplicate();
        policy.OweDuplicate();
        Assert.Equal(3, policy.Owed);
        for (int i = 0; i < 1_000; i++)
        {
            policy.OweDuplicate();
        }

        Assert.Equal(64, policy.Owed);
    }

    private static Instant At(int milliseconds) => Instant.FromOrigin(TimeSpan.FromMilliseconds(milliseconds));

    private AcknowledgmentPolicy Create(ConnectionOptions options) => new(options, _timers);
}
