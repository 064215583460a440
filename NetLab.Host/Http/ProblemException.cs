namespace NetLab.Host.Http;

/// <summary>A request cannot be done.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    /// <summary>Why.</summary>
    public Problem Problem { get; } = problem;
}
