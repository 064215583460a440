namespace NetLab.Tcp.Connections.Congestion;

/// <summary>
/// HyStart++ (RFC 9406): ends slow start when the round trip grows, before the queue overflows; a conservative phase of
/// slower growth guards against jitter that only looks like growth.
/// </summary>
/// <param name="paced">Whether what the window allows is spread over the round trip, so that L is infinite (RFC 9406, 4.2).</param>
internal sealed class HyStart(bool paced)
{
    // RFC 9406, 4.2 and 4.3.
    private const int SamplesPerRound = 8;
    private const int ThresholdDivisor = 8;
    private const int GrowthDivisor = 4;
    private const int ConservativeRounds = 5;

    // RFC 9406, 4.2: L, where what follows would leave as a burst.
    private const int SegmentLimit = 8;

    private static readonly TimeSpan MinThreshold = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan LargestThreshold = TimeSpan.FromMilliseconds(16);

    private TimeSpan _lastRoundMinimum = TimeSpan.MaxValue;
    private TimeSpan _roundMinimum = TimeSpan.MaxValue;
    private TimeSpan _baseline = TimeSpan.MaxValue;
    private int _samples;
    private int _conservativeRounds;

    /// <summary>Whether growth is slowed down because the round trip seems to grow (CSS).</summary>
    public bool IsConservative { get; private set; }

    /// <summary>Whether slow start is to end now.</summary>
    public bool IsOver => _conservativeRounds >= ConservativeRounds;

    /// <summary>How much the window may grow by.</summary>
    /// <param name="bytes">What was acknowledged.</param>
    /// <param name="segmentSize">SMSS in bytes.</param>
    public long Grow(long bytes, int segmentSize)
    {
        long limited = paced ? bytes : Math.Min(bytes, (long)SegmentLimit * segmentSize);
        return IsConservative ? limited / GrowthDivisor : limited;
    }

    /// <summary>Takes what an acknowledgment tells of the round trip.</summary>
    public void OnAcknowledged(in AcknowledgmentSample sample)
    {
        if (sample.IsRoundStart)
        {
            (_lastRoundMinimum, _roundMinimum, _samples) = (_roundMinimum, TimeSpan.MaxValue, 0);

            // RFC 9406, 4.2: the part of a round in which CSS began counts as one.
            _conservativeRounds += IsConservative ? 1 : 0;
        }

        if (sample.RoundTrip is not { } roundTrip)
        {
            return;
        }

        _roundMinimum = roundTrip < _roundMinimum ? roundTrip : _roundMinimum;
        if (++_samples < SamplesPerRound || _lastRoundMinimum == TimeSpan.MaxValue)
        {
            return;
        }

        if (IsConservative)
        {
            if (_roundMinimum < _baseline)
            {
                // It was jitter: back to slow start.
                (IsConservative, _conservativeRounds, _baseline) = (false, 0, TimeSpan.MaxValue);
            }
        }
        else
        {
            TimeSpan eighth = _lastRoundMinimum / ThresholdDivisor;
            TimeSpan threshold = eighth < MinThreshold ? MinThreshold : eighth > LargestThreshold ? LargestThreshold : eighth;
            if (_roundMinimum >= _lastRoundMinimum + threshold)
            {
                (IsConservative, _baseline) = (true, _roundMinimum);
            }
        }
    }
}
