namespace NetLab.Tcp.Simulation.Drill.Recording;

/// <summary>Turns a recorded connection into a script: one end becomes the machine, the other the script.</summary>
public static class DrillRecording
{
    /// <summary>Writes a script.</summary>
    /// <param name="segments">The connection from its SYN on, in the order recorded.</param>
    /// <returns>
    /// The script, and what the machine does with it. Of several ways to write down the same conversation (with the times recorded or
    /// any, with pacing or without, strict or lenient), the first under which the machine does the same, or else the one under which it
    /// does so for longest.
    /// </returns>
    /// <exception cref="ArgumentException">The recording does not begin with a SYN, or a header is not whole.</exception>
    public static (string Script, DrillResult Result) ToScript(IReadOnlyList<RecordedSegment> segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        IReadOnlyList<ConversationStep> steps = ConversationReader.Read(segments);
        (string Script, DrillResult Result)? best = null;
        foreach ((bool lenient, bool anyTime, bool paces) in Ways)
        {
            string script = ConversationWriter.Write(steps, lenient, anyTime, paces);
            DrillResult result = DrillScript.Run(script);
            if (result.Outcome == DrillOutcome.Passes)
            {
                return (script, result);
            }

            best = best is not { } known || result.Line > known.Result.Line ? (script, result) : best;
        }

        return best!.Value;
    }

    // The strictest first. Segments that a socket received together are acknowledged together, those of a script one by one: that is
    // what a recording of a real socket has to be lenient about.
    private static readonly (bool Lenient, bool AnyTime, bool Paces)[] Ways =
    [
        (false, false, false), (false, false, true), (false, true, false), (false, true, true),
        (true, false, false), (true, false, true), (true, true, false), (true, true, true),
    ];
}
