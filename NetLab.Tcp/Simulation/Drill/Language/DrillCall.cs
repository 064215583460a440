namespace NetLab.Tcp.Simulation.Drill.Language;

/// <summary>A system call and what it has to return.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Returns">The value returned; null for any.</param>
/// <param name="Error">The name of the error, such as <c>EAGAIN</c>; null if there is none.</param>
/// <param name="Text">What stands in the script, on one line.</param>
internal sealed record DrillCall(string Name, IReadOnlyList<DrillArgument> Arguments, long? Returns, string? Error, string Text);

/// <summary>An argument of a system call.</summary>
internal abstract record DrillArgument;

/// <summary><c>...</c>: what the script leaves to the machine, or does not look at.</summary>
internal sealed record OmittedArgument : DrillArgument;

/// <summary>A number.</summary>
/// <param name="Value">Its value.</param>
internal sealed record NumberArgument(long Value) : DrillArgument;

/// <summary>Names joined by <c>|</c>, such as flags.</summary>
/// <param name="Names">The names; numbers among them are kept as written.</param>
internal sealed record NameArgument(IReadOnlyList<string> Names) : DrillArgument;

/// <summary>Text between quotes.</summary>
/// <param name="Value">What stands between them.</param>
internal sealed record TextArgument(string Value) : DrillArgument;

/// <summary>Values between brackets.</summary>
/// <param name="Items">The values.</param>
internal sealed record ListArgument(IReadOnlyList<DrillArgument> Items) : DrillArgument;

/// <summary>Fields between braces; a field that is not named has an empty name.</summary>
/// <param name="Fields">Names and values.</param>
internal sealed record StructArgument(IReadOnlyList<(string Name, DrillArgument Value)> Fields) : DrillArgument
{
    /// <summary>The value of a field; null if there is none of that name.</summary>
    public DrillArgument? this[string name] => Fields.FirstOrDefault(f => f.Name == name).Value;
}

/// <summary>A function of the script's language, such as <c>htons(8080)</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record FunctionArgument(string Name, IReadOnlyList<DrillArgument> Arguments) : DrillArgument;
