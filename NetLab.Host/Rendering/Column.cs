namespace NetLab.Host.Rendering;

/// <summary>A column of a table.</summary>
/// <typeparam name="T">What a row is of.</typeparam>
/// <param name="Name">What it is called where it is left out, and above it unless <see cref="Heading"/> says otherwise.</param>
/// <param name="Cell">What stands in it.</param>
internal sealed record Column<T>(string Name, Func<T, string> Cell)
{
    /// <summary>What stands above it.</summary>
    public string Heading { get; init; } = Name;

    /// <summary>Whether it is text, which begins at the left; numbers end at the right.</summary>
    public bool IsText { get; init; }

    /// <summary>What it is worth: of those that do not fit, the one worth least is left out first, and of equals the last. 0 is worth most.</summary>
    public int Rank { get; init; } = 1;

    /// <summary>Whether it says of what a row is: it stands again in the table below that has what found no room.</summary>
    public bool IsKey { get; init; }
}
