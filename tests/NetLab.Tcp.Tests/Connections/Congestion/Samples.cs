using NetLab.Tcp.Connections.Congestion;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Congestion;

/// <summary>Acknowledgments as congestion control is told of them, of a window that was used whole.</summary>
internal static class Samples
{
    public static AcknowledgmentSample Of(Instant now, long delivered, double rate = 0, long inFlight = 0, bool isRoundStart = false, TimeSpan? roundTrip = null) => new()
    {
        Now = now,
        Acknowledged = delivered,
        Delivered = delivered,
        Lost = 0,
        PriorInFlight = inFlight + delivered,
        InFlight = inFlight,
        RoundTrip = roundTrip,
        Smoothed = roundTrip,
        IsRoundStart = isRoundStart,
        Rate = rate,
        IsApplicationLimited = false,
        InFlightAtSend = inFlight + delivered,
        LostSinceSent = 0,
        WindowWasLimit = true,
        InRecovery = false,
    };
}
