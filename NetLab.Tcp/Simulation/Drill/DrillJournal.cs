namespace NetLab.Tcp.Simulation.Drill;

/// <summary>The segments of a run; of a very long one, the last.</summary>
internal sealed class DrillJournal
{
    private const int MaxSteps = 2000;

    private readonly Queue<DrillStep> _steps = new();

    /// <summary>The segments in the order of their times, and within one moment of the script.</summary>
    public IReadOnlyList<DrillStep> Steps => [.. _steps.OrderBy(s => s.At.Ticks)];

    /// <summary>Notes one.</summary>
    public void Add(DrillStep step)
    {
        if (_steps.Count == MaxSteps)
        {
            _steps.Dequeue();
        }

        _steps.Enqueue(step);
    }
}
