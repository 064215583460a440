using NetLab.Tcp.Counters;

namespace NetLab.Tcp.Simulation.Drill.Wire;

/// <summary>For how long a stream had something to send, and what it waited for, as TCP_INFO tells it.</summary>
internal sealed class StreamLimits
{
    /// <summary>Whether the application waits for room to write more.</summary>
    public bool AwaitsRoom { get; set; }

    /// <summary>Time with anything written that was not acknowledged.</summary>
    public TimeSpan Busy { get; private set; }

    /// <summary>Of it, time in which the peer's window left no room for the next segment.</summary>
    public TimeSpan ByWindow { get; private set; }

    /// <summary>Of it, time in which all was sent and the application waited for room in the send buffer.</summary>
    public TimeSpan ByBuffer { get; private set; }

    /// <summary>Time passes, in which nothing changes.</summary>
    public void OnTimePassed(TimeSpan duration, DrillStream stream)
    {
        if (stream.Unacknowledged <= 0 || stream.Connection is not { } connection)
        {
            return;
        }

        Busy += duration;
        ConnectionMetrics metrics = connection.Metrics;
        if (connection.Unsent == 0)
        {
            ByBuffer += AwaitsRoom ? duration : TimeSpan.Zero;
        }
        else if (metrics.SendWindow - stream.InFlight < Math.Min(metrics.PayloadSize, connection.Unsent))
        {
            ByWindow += duration;
        }
    }
}
