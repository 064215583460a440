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
                scope.Count();
                if (statement.IsLoop)
                {
                    if (Repeat(statement, scope) is { } stopped)
                    {
                        return stopped;
                    }

                    continue;
                }

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

    private static (int Line, string Reason)? Repeat(AssertionStatement loop, AssertionScope scope)
    {
        if (loop.Target is not { } name)
        {
            while (AssertionValue.IsTrue(loop.Expression(scope)))
            {
                scope.Count();
                if (Run(loop.Body!, scope) is { } failed)
                {
                    return failed;
                }
            }

            return null;
        }

        if (loop.Expression(scope) is not IReadOnlyList<object?> items)
        {
            throw new AssertionErrorException("a loop needs a list");
        }

        foreach (object? item in items)
        {
            scope.Count();
            scope.Set(name, item);
            if (Run(loop.Body!, scope) is { } failed)
            {
                return failed;
            }
        }

        return null;
    }
}
