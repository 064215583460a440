using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Congestion.Bbr;

/// <summary>
/// ProbeBW (5.3.3): the cycle of Down, Cruise, Refill and Up, each of a length by time, by rounds, or by what the path bears.
/// </summary>
/// <param name="model">What is known of the path.</param>
/// <param name="seed">The time between probes is random (5.3.3.5.2), and the machine draws no random numbers of its own.</param>
internal sealed class ProbeBandwidth(BbrModel model, uint seed)
{
    // 5.3.3.6: how long to cruise before probing again.
    private const int MaxRoundsBetweenProbes = 63;
    private static readonly TimeSpan MinWait = TimeSpan.FromSeconds(2);

    private ulong _random = seed + 1UL;
    private Instant _probeStart;
    private TimeSpan _wait;
    private int _roundsSinceProbe;

    /// <summary>Whether a phase belongs to it.</summary>
    public static bool Contains(BbrPhase phase) => phase is BbrPhase.Down or BbrPhase.Cruise or BbrPhase.Refill or BbrPhase.Up;

    /// <summary>An acknowledgment came, in whatever phase.</summary>
    public void OnAcknowledged(in AcknowledgmentSample sample) => _roundsSinceProbe += sample.IsRoundStart ? 1 : 0;

    /// <summary>A probe is over, and the wait for the next begins.</summary>
    public void StartDown(Instant now)
    {
        model.StartDown();
        _probeStart = now;
        _roundsSinceProbe = (int)(Draw() % 2);
        _wait = MinWait + TimeSpan.FromMilliseconds(Draw() % 1000);
    }

    /// <summary>Which phase follows.</summary>
    /// <param name="phase">The present one.</param>
    /// <param name="since">When that began.</param>
    /// <param name="sample">The acknowledgment.</param>
    /// <param name="window">cwnd in bytes.</param>
    /// <param name="segmentSize">SMSS in bytes.</param>
    /// <param name="pipe">Whether the pipe is full.</param>
    /// <returns>The phase to enter; the present one to stay in it.</returns>
    public BbrPhase Next(BbrPhase phase, Instant since, in AcknowledgmentSample sample, long window, int segmentSize, ref FullPipe pipe)
    {
        bool isLimit = sample.WindowWasLimit && window >= model.LongTermInFlight;
        bool isTooHigh = model.AdaptUpperBound(sample, phase == BbrPhase.Up && isLimit, Contains(phase), window);
        switch (phase)
        {
            case BbrPhase.Up when isTooHigh:
                return BbrPhase.Down;
            case BbrPhase.Down when IsTimeToProbe(sample, window, segmentSize):
            case BbrPhase.Cruise when IsTimeToProbe(sample, window, segmentSize):
                model.StartRefill();
                return BbrPhase.Refill;
            case BbrPhase.Down when sample.InFlight <= Math.Min(model.InFlightWithHeadroom, model.InFlightFor(1)):
                return BbrPhase.Cruise;
            case BbrPhase.Refill when sample.IsRoundStart && sample.Now > since:
                model.StartUp(window);
                pipe.Restart(sample.Rate);
                return BbrPhase.Up;
            case BbrPhase.Up when sample.WindowWasLimit && window >= model.LongTermInFlight:
                // What is measured is our own bound, as it is now: it says nothing about the path.
                pipe.Restart(sample.Rate);
                return phase;
            case BbrPhase.Up when pipe.IsFullNow:
                return BbrPhase.Down;
            default:
                return phase;
        }
    }

    // 5.3.3.6: by the clock, or, to leave Reno its share, after as many rounds as Reno would need to probe.
    private bool IsTimeToProbe(in AcknowledgmentSample sample, long window, int segmentSize)
    {
        long reno = Math.Min(model.InFlightFor(1), window) / segmentSize;
        return sample.Now - _probeStart > _wait || _roundsSinceProbe >= Math.Min(reno, MaxRoundsBetweenProbes);
    }

    // xorshift64* (Vigna 2016): only to keep flows from probing in step.
    private uint Draw()
    {
        _random ^= _random >> 12;
        _random ^= _random << 25;
        _random ^= _random >> 27;
        return (uint)((_random * 0x2545_F491_4F6C_DD1D) >> 32);
    }
}
