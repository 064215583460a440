using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Congestion;

/// <summary>Every algorithm with random events, in any order and with any figures, against what must hold whatever comes.</summary>
public sealed class ControllerFuzzTests
{
    private const int Runs = 300;
    private const int Events = 400;

    [Theory]
    [InlineData(CongestionAlgorithm.Cubic, true)]
    [InlineData(CongestionAlgorithm.Cubic, false)]
    [InlineData(CongestionAlgorithm.NewReno, true)]
    [InlineData(CongestionAlgorithm.Bbr, true)]
    [Conformance(122, 125, 131)]
    public void Whatever_happens_the_window_stays_within_its_bounds(CongestionAlgorithm algorithm, bool paced)
    {
        for (int seed = 1; seed <= Runs; seed++)
        {
            var random = new Random(seed);
            int size = random.Next(48, 9000);
            ICongestionControl control = CongestionControls.Create(algorithm, size, paced, new SequenceNumber((uint)seed));
            Instant now = Instant.FromOrigin(TimeSpan.FromSeconds(1));
            long acknowledged = 0;
            bool inRecovery = false;
            for (int i = 0; i < Events; i++)
            {
                now += TimeSpan.FromTicks((long)Math.Pow(10, random.NextDouble() * 8));
                long before = control.Window;
                long flight = random.NextInt64(0, (2 * before) + 1);
                string what;
                switch (random.Next(20))
                {
                    case 0:
                        what = "loss";
                        control.OnLoss(now, Math.Min(flight, before));
                        inRecovery = true;
                        Assert.True(control.Window <= before || before < 2 * size, Say(what));
                        break;
                    case 1:
                        what = "timeout";
                        control.OnTimeout(now, Math.Min(flight, before), random.Next(2) == 0);
                        inRecovery = false;
                        Assert.Equal(size, control.Window);
                        break;
                    case 2 when inRecovery:
                        what = "recovered";
                        control.OnRecovered(now);
                        inRecovery = false;
                        break;
                    case 3:
                        what = "spurious";
                        control.OnSpurious();
                        inRecovery = false;
                        Assert.True(control.Window >= before, Say(what));
                        break;
                    case 4:
                        what = "mark";
                        control.OnMarked(now, Math.Min(flight, before));
                        Assert.True(control.Window <= before || before < 2 * size, Say(what));
                        break;
                    case 5:
                        what = "idle";
                        control.OnIdle(now);
                        Assert.True(control.Window <= before, Say(what));
                        break;
                    case 6:
                        what = "segment size";
                        size = random.Next(48, 9000);
                        control.OnSegmentSize(size);
                        Assert.True(control.Window >= before, Say(what));
                        break;
                    default:
                        what = "acknowledgment";
                        AcknowledgmentSample sample = Sample(random, now, flight, inRecovery);
                        acknowledged += sample.Delivered;
                        control.OnAcknowledged(sample);
                        if (algorithm != CongestionAlgorithm.Bbr)
                        {
                            // RFC 5681, 3.1: never by more than was acknowledged, one segment at least; not at all during recovery, nor
                            // where the window was not the limit.
                            long growth = sample.InRecovery || !sample.WindowWasLimit ? 0 : Math.Max(sample.Acknowledged, size);
                            Assert.True(control.Window >= before && control.Window <= before + growth, $"{Say(what)}: acknowledged {sample.Acknowledged}");
                        }

                        break;
                }

                Assert.True(control.Window >= Math.Min(size, before) && control.Window > 0, Say(what));
                Assert.True(control.Window <= (1L << 40), Say(what));
                Assert.True(double.IsFinite(control.PacingRate) && control.PacingRate >= 0, Say(what));
                Assert.True(control.SlowStartThreshold >= 0, Say(what));

                string Say(string did) => $"seed {seed}, event {i}, {did}: {before} → {control.Window} of segments of {size}, pace {control.PacingRate}";
            }
        }
    }

    private static AcknowledgmentSample Sample(Random random, Instant now, long flight, bool inRecovery)
    {
        long delivered = random.Next(5) == 0 ? 0 : random.NextInt64(0, flight + 1);
        long lost = random.Next(4) == 0 ? random.NextInt64(0, flight - delivered + 1) : 0;
        TimeSpan roundTrip = TimeSpan.FromTicks((long)Math.Pow(10, random.NextDouble() * 8));
        return new AcknowledgmentSample
        {
            Now = now,
            Acknowledged = random.Next(2) == 0 ? delivered : random.NextInt64(0, delivered + 1),
            Delivered = delivered,
            Lost = lost,
            PriorInFlight = flight,
            InFlight = flight - delivered - lost,
            RoundTrip = random.Next(3) == 0 ? null : roundTrip,
            Smoothed = random.Next(5) == 0 ? null : roundTrip,
            IsRoundStart = random.Next(6) == 0,
            Rate = random.Next(4) == 0 ? 0 : Math.Pow(10, random.NextDouble() * 11),
            IsApplicationLimited = random.Next(3) == 0,
            InFlightAtSend = flight,
            LostSinceSent = lost,
            WindowWasLimit = random.Next(3) != 0,
            InRecovery = inRecovery,
        };
    }
}
