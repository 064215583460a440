namespace NetLab.Tcp.Simulation.Drill;

/// <summary>The segments of a run; of a very long one, the last.</summary>
internal sealed class DrillJournal
{
    private const int MaxSteps = 2000;

    private readonly Queue<DrillStep> _steps = new();

    /// <summary>The segments in their order.</summary>
    public IReadOnlyList<DrillStep> Steps => [.. _steps];

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
