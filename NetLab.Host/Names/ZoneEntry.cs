namespace NetLab.Host.Names;

/// <summary>An entry of a zone file: a line, or several that parentheses join.</summary>
/// <param name="Line">The line it begins at, from 1.</param>
/// <param name="IsIndented">Whether it begins with a blank, which says that it is of the same name as the one before.</param>
/// <param name="Words">Its words; at least one.</param>
internal sealed record ZoneEntry(int Line, bool IsIndented, IReadOnlyList<ZoneWord> Words);
