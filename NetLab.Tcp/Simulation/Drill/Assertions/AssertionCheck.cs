namespace NetLab.Tcp.Simulation.Drill.Assertions;

/// <summary>Checks assertions.</summary>
internal static class AssertionCheck
{
    /// <summary>Carries out statements in their order.</summary>
    /// <returns>The line and the reason of the first that does not hold; null if all do.</returns>
    public static (int Line, string Reason)? Run(IReadOnlyList<AssertionStatement> statements, AssertionScope scope)
    {
        foreach (AssertionStatement statement in statements)
        {
            try
            {
                object? value = statement.Expression(scope);
                if (statement.Body is { } body && Run(AssertionValue.IsTrue(value) ? body : statement.Otherwise, scope) is { } failed)
                {
                    return failed;
                }

                if (statement.Target is { } name)
                {
                    scope.Set(name, value);
                }

                if (statement.IsAssertion && !AssertionValue.IsTrue(value))
                {
                    string message = statement.Message is { } shown ? AssertionValue.Show(shown(scope)) : "";
                    return (statement.Line, message);
                }
            }
            catch (AssertionErrorException error)
            {
                return (statement.Line, error.Message);
            }
        }

        return null;
    }
}
