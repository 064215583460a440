using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections.Recovery;

/// <summary>Proportional rate reduction (RFC 9937, 6).</summary>
public sealed class ProportionalRateReductionTests
{
    [Fact]
    [Conformance(112)]
    public void What_was_sacked_before_recovery_is_no_part_of_its_flight()
    {
        // RecoverFS = SND.NXT - SND.UNA - sacked + newly sacked: 22 out, three sacked, one of them by the ACK that begins it: 20.
        ConnectionScript script = EstablishedConnection.With(new ConnectionOptions { Pacing = false });
        script.Write(new byte[10_000]);
        script.TakeAll();
        script.Advance(EstablishedConnection.RoundTrip);
        for (long acknowledged = 2001; acknowledged <= 10_001; acknowledged += 2000)
        {
            script.Inject(Say.Ack(1, acknowledged));
        }

        Assert.Equal(20, script.WindowInSegments());
        script.Write(new byte[60_000]);
        Assert.Equal(20, script.TakeAll().Count);
        script.Advance(EstablishedConnection.RoundTrip);
        int[] sent = [.. Enumerable.Range(1, 7).Select(i =>
        {
            script.Inject(Say.Sack(script, 10_001, (11_001, 11_001 + (1000 * i))));
            return script.TakeAll().Count;
        })];

        // Two by limited transmit (RFC 3042), the fast retransmission, and then as the sum of 14/20 of what is delivered allows:
        // 1.4, 2.1, 2.8, 3.5.
        Assert.Equal([1, 1, 1, 0, 1, 0, 1], sent);
    }

    [Fact]
    [Conformance(112)]
    public void Random_recoveries_send_no_more_than_their_share_and_end_near_the_threshold()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            int flight = random.Next(4, 400);
            int threshold = Math.Max(2, random.Next(flight / 4, flight));
            var reduction = new ProportionalRateReduction(1000);
            reduction.Begin(1000L * flight, 1000L * threshold);
            long pipe = 1000L * (flight - 1);
            long sent = 0;
            for (int delivered = 1; delivered < flight; delivered++)
            {
                pipe -= 1000;
                reduction.OnAcknowledged(1000, pipe, isSafe: false);
                while (reduction.Allowance >= 1000)
                {
                    reduction.OnSent(1000);
                    (sent, pipe) = (sent + 1000, pipe + 1000);
                }

                // Never more than arrives, but for the first; never above the threshold by what it sends itself.
                Assert.True(sent <= 1000L * (delivered + 1), $"seed {seed}: {sent} sent of {delivered} delivered");
                Assert.True(pipe <= Math.Max(1000L * threshold, 1000L * (flight - 1)), $"seed {seed}: pipe {pipe}");
            }

            Assert.InRange(pipe, 1000L * (threshold - 2), 1000L * (threshold + 2));
        }
    }
}
