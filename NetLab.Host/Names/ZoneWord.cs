namespace NetLab.Host.Names;

/// <summary>A word of a zone file, escapes still in it.</summary>
/// <param name="Text">The text without quotation marks.</param>
/// <param name="IsQuoted">Whether it stood between quotation marks.</param>
internal readonly record struct ZoneWord(string Text, bool IsQuoted);
