using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Assertions;

/// <summary>What names mean while assertions are worked out: a script's own variables, and what the machine says of itself.</summary>
/// <param name="look">The machine's value of a name; the second is false if it has none.</param>
internal sealed class AssertionScope(Func<string, (object? Value, bool IsKnown)> look)
{
    private const int MaxNames = 1000;

    // Of all assertions of a script: a loop that never ends does, too.
    private const int MaxSteps = 1_000_000;

    private int _steps;

    private readonly Dictionary<string, object?> _own = [];

    /// <summary>The value of a name.</summary>
    public object? Look(string name, int line)
    {
        if (_own.TryGetValue(name, out object? own))
        {
            return own;
        }

        (object? value, bool isKnown) = look(name);
        return isKnown ? value : throw new DrillUnsupportedException(line, $"'{name}' in an assertion: the machine has nothing of that name");
    }

    /// <summary>Counts what is done.</summary>
    public void Count()
    {
        if (++_steps > MaxSteps)
        {
            throw new AssertionErrorException($"assertions of more than {MaxSteps} steps");
        }
    }

    /// <summary>Gives a name a value.</summary>
    public void Set(string name, object? value)
    {
        if (_own.Count < MaxNames || _own.ContainsKey(name))
        {
            _own[name] = value;
        }
    }
}
