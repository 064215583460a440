namespace NetLab.Host.Rendering;

/// <summary>A column of a table.</summary>
/// <typeparam name="T">What a row is of.</typeparam>
/// <param name="Name">Its heading.</param>
/// <param name="Cell">What stands in it.</param>
internal sealed record Column<T>(string Name, Func<T, string> Cell)
{
    /// <summary>Whether it is text, which begins at the left; numbers end at the right.</summary>
    public bool IsText { get; init; }

    /// <summary>What it is worth: of those that do not fit, the one worth least is left out first, and of equals the last. 0 is worth most.</summary>
    public int Rank { get; init; } = 1;
}
