using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections.Recovery;

/// <summary>A peer that throws away what it had sacked (RFC 2018, 8).</summary>
public sealed class RenegingTests
{
    [Theory]
    [InlineData(10_000, 30_000)]
    [InlineData(4000, 9000)]
    [InlineData(41_000, 41_000)]
    [Conformance(120)]
    public void What_a_peer_with_a_full_window_has_thrown_away_goes_again_by_slow_start(int window, int written)
    {
        ConnectionScript script = EstablishedConnection.With(window: (ushort)window);
        script.Write(new byte[written]);
        int sent = Math.Min(window, 10_000);
        Assert.Equal(sent / 1000, script.TakeAll().Count);
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 1, (1001, 1 + sent)) with { Window = (ushort)window });
        script.Expect("the hole", s => s.Is(1, 1001));
        script.TakeAll();

        // The head arrives; whatever was sacked is gone. All its round trips together are slow start's.
        long acknowledged = 1001;
        TimeSpan passed = default;
        while (acknowledged < written + 1 && passed < TimeSpan.FromSeconds(20))
        {
            script.Inject(Say.Ack(1, acknowledged, (ushort)Math.Max(0, window - (acknowledged - 1))));
            if (window - (acknowledged - 1) <= 0)
            {
                script.Inject(Say.Ack(1, acknowledged, (ushort)window));
            }

            (long Start, long End)[] ranges = script.TakeRanges();
            TimeSpan step = TimeSpan.FromMilliseconds(10);
            for (int i = 0; i < 9 || (ranges.Length == 0 && i < 1000); i++)
            {
                script.Advance(step);
                passed += step;
                ranges = [.. ranges, .. script.TakeRanges()];
            }

            script.Advance(step);
            passed += step;
            foreach ((long start, long end) in ranges.Order())
            {
                acknowledged = start <= acknowledged ? Math.Max(acknowledged, end) : acknowledged;
            }
        }

        Assert.Equal(written + 1, acknowledged);
        Assert.InRange(passed.TotalSeconds, 0, 1.5);
    }

    [Fact]
    [Conformance(120)]
    public void A_sacked_head_is_given_time_for_an_acknowledgment_that_is_late()
    {
        ConnectionScript script = EstablishedConnection.With(window: 10_000);
        script.Write(new byte[10_000]);
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 1, (1001, 10_001)) with { Window = 10_000 });
        script.TakeAll();
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Ack(1, 1001, 9000));
        script.Advance(TimeSpan.FromMilliseconds(10));
        script.ExpectNothing();
        script.Inject(Say.Ack(1, 10_001, 10_000));
        script.Advance(TimeSpan.FromSeconds(5));
        script.ExpectNothing();
        Assert.Equal(0, script.Connection!.Statistics.Timeouts);
    }
}
