namespace NetLab.Tcp.Simulation.Drill.Assertions;

/// <summary>A word of the assertions' language.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">How it is written; of a text, what stands between the quotes.</param>
/// <param name="Line">The line of the script, counted from 1.</param>
/// <param name="Column">How far it stands from the beginning of its line: what is indented further belongs to what stands before.</param>
internal readonly record struct AssertionToken(AssertionTokenKind Kind, string Text, int Line, int Column = 0);

/// <summary>What a word is.</summary>
internal enum AssertionTokenKind
{
    /// <summary>The end of a statement.</summary>
    NewLine,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text between quotes.</summary>
    Text,

    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>An operator or bracket.</summary>
    Operator,

    /// <summary>The end of the code.</summary>
    End,
}
