namespace NetLab.Cluster.Work;

/// <summary>How far a job is, as the node says that coordinates it.</summary>
internal interface IJobProgress
{
    /// <summary>The node that coordinates.</summary>
    string Coordinator { get; }

    /// <summary>What there was to say, from the beginning of this coordinator.</summary>
    string[] Notes { get; }

    /// <summary>Whether nothing is left to do.</summary>
    bool IsOver { get; }
}
