namespace NetLab.Tcp.Connections.Congestion.Bbr;

/// <summary>Startup and Drain (5.3.1 and 5.3.2): doubles each round until the pipe is full, then waits until its queue has drained.</summary>
internal static class Startup
{
    /// <summary>Whether startup is over.</summary>
    /// <param name="sample">The acknowledgment.</param>
    /// <param name="model">What is known of the path; learns what it bears if losses end startup.</param>
    /// <param name="pipe">Whether the pipe is full.</param>
    public static bool IsOver(in AcknowledgmentSample sample, BbrModel model, ref FullPipe pipe)
    {
        // 5.3.1.3: losses beyond what a random link would explain mean a full queue.
        if (sample.IsRoundStart && model.HasPersistentLoss)
        {
            pipe.Declare();
            model.BoundAfterStartup();
        }

        return pipe.WasReached;
    }

    /// <summary>Whether the queue has drained that startup has made.</summary>
    public static bool IsDrained(in AcknowledgmentSample sample, BbrModel model) => sample.InFlight <= model.InFlightFor(1);
}
