namespace NetLab.Osi.Filters;

/// <summary>What a piece of a filter expression is.</summary>
internal enum FilterTokenKind
{
    /// <summary>A name, a number, an address: letters, digits, dots, colons, dashes, underscores, a slash.</summary>
    Word,

    /// <summary>A text in quotes, its escapes taken out.</summary>
    Text,

    /// <summary>A character in apostrophes.</summary>
    Character,

    /// <summary>An operator or a bracket.</summary>
    Symbol,

    /// <summary>The end of the expression.</summary>
    End,
}
