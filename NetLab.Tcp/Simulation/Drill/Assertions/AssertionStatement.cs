namespace NetLab.Tcp.Simulation.Drill.Assertions;

/// <summary>A statement: an assertion, an assignment, or an expression whose value nobody wants.</summary>
/// <param name="Line">The line of the script, counted from 1.</param>
/// <param name="Target">The name that is assigned to; null for none.</param>
/// <param name="Expression">What is worked out.</param>
/// <param name="Message">What is shown when an assertion fails; null for nothing.</param>
/// <param name="IsAssertion">Whether the value has to be true.</param>
internal sealed record AssertionStatement(int Line, string? Target, AssertionExpression Expression, AssertionExpression? Message, bool IsAssertion)
{
    /// <summary>Whether the body is done for each item of the expression, under the target's name, or as long as the expression is true.</summary>
    public bool IsLoop { get; init; }

    /// <summary>What is done if the expression is true; null for no condition.</summary>
    public IReadOnlyList<AssertionStatement>? Body { get; init; }

    /// <summary>What is done if it is not.</summary>
    public IReadOnlyList<AssertionStatement> Otherwise { get; init; } = [];
}
