using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Congestion;

/// <summary>What one acknowledgment tells congestion control.</summary>
internal readonly record struct AcknowledgmentSample
{
    /// <summary>When it arrived.</summary>
    public required Instant Now { get; init; }

    /// <summary>Bytes it acknowledged cumulatively.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Bytes it says have arrived, cumulatively or by SACK.</summary>
    public required long Delivered { get; init; }

    /// <summary>Bytes found lost by it.</summary>
    public required long Lost { get; init; }

    /// <summary>Bytes in the network before it.</summary>
    public required long PriorInFlight { get; init; }

    /// <summary>Bytes in the network after it.</summary>
    public required long InFlight { get; init; }

    /// <summary>A round trip measured by it, or null.</summary>
    public required TimeSpan? RoundTrip { get; init; }

    /// <summary>SRTT, or null before the first measurement.</summary>
    public required TimeSpan? Smoothed { get; init; }

    /// <summary>Whether a round trip has passed since this was last true: data sent after the last one has been delivered.</summary>
    public required bool IsRoundStart { get; init; }

    /// <summary>How fast the newest data it reports was delivered, in bytes a second; 0 if that cannot be told.</summary>
    public required double Rate { get; init; }

    /// <summary>Whether that rate was the application's and not the path's.</summary>
    public required bool IsApplicationLimited { get; init; }

    /// <summary>Bytes in the network when the newest data it reports was sent.</summary>
    public required long InFlightAtSend { get; init; }

    /// <summary>Bytes found lost since that data was sent.</summary>
    public required long LostSinceSent { get; init; }

    /// <summary>Whether the window, and not the application or the peer, held the sender back.</summary>
    public required bool WindowWasLimit { get; init; }

    /// <summary>Whether losses are being repaired.</summary>
    public required bool InRecovery { get; init; }
}
