using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Congestion.Bbr;

/// <summary>ProbeRTT (5.3.4): empties the pipe for a round and 200 ms at least, to measure the round trip without a queue.</summary>
/// <param name="model">What is known of the path.</param>
internal sealed class ProbeRoundTrip(BbrModel model)
{
    /// <summary>What is left in the pipe, of a bandwidth-delay product.</summary>
    public const double WindowGain = 0.5;

    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(200);

    private Instant? _until;
    private bool _hasRound;

    /// <summary>cwnd at most, in bytes.</summary>
    public long Window => Math.Max(model.InFlightFor(WindowGain), model.MinWindow);

    /// <summary>It begins.</summary>
    public void Start() => (_until, _hasRound) = (null, false);

    /// <summary>Takes an acknowledgment.</summary>
    /// <returns>Whether it is over.</returns>
    public bool IsOver(in AcknowledgmentSample sample)
    {
        if (_until is not { } until)
        {
            // The time counts from when the pipe has emptied.
            _until = sample.InFlight <= Window ? sample.Now + Duration : null;
            return false;
        }

        _hasRound |= sample.IsRoundStart;
        if (!_hasRound || sample.Now <= until)
        {
            return false;
        }

        model.OnRoundTripProbed(sample.Now);
        return true;
    }
}
