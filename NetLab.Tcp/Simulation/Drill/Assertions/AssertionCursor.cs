using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Assertions;

/// <summary>Goes through the words of assertions, and bounds how deep they are nested.</summary>
/// <param name="tokens">The words; the last is their end.</param>
internal sealed class AssertionCursor(List<AssertionToken> tokens)
{
    private const int MaxDepth = 64;

    private int _depth;

    /// <summary>Which word is next.</summary>
    public int At { get; set; }

    /// <summary>The next word.</summary>
    public AssertionToken Now => tokens[At];

    /// <summary>The word behind it; there is one behind any but the last.</summary>
    public AssertionToken Following => tokens[At + 1];

    /// <summary>Whether a statement ends here.</summary>
    public bool IsAtEnd => Now.Kind is AssertionTokenKind.NewLine or AssertionTokenKind.End;

    /// <summary>Takes a name or an operator if it comes next.</summary>
    public bool TryTake(string text)
    {
        if (Now.Kind is AssertionTokenKind.Name or AssertionTokenKind.Operator && Now.Text == text)
        {
            At++;
            return true;
        }

        return false;
    }

    /// <summary>Takes a name or an operator that must come next.</summary>
    public void Expect(string text)
    {
        if (!TryTake(text))
        {
            throw Error($"'{text}' is expected in an assertion, not '{(IsAtEnd ? "its end" : Now.Text)}'");
        }
    }

    /// <summary>Something is nested within something else.</summary>
    public void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw Error($"an assertion is nested more than {MaxDepth} deep");
        }
    }

    /// <summary>It has been read.</summary>
    public void Leave() => _depth--;

    /// <summary>A syntax error at the next word.</summary>
    public DrillSyntaxException Error(string message) => new(Now.Line, message);
}
