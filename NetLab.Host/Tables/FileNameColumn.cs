namespace NetLab.Host.Tables;

/// <summary>The column <c>frame.file</c> where all rows are of one capture.</summary>
internal sealed class FileNameColumn
{
    private readonly TextColumn _column = new("frame.file");
    private readonly string _name;

    private FileNameColumn(TableRows rows, string name)
    {
        _name = name;
        rows.Column(_column);
    }

    /// <summary>Adds the column to rows of one capture; null where they may be of several.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="name">The capture's name; null for several.</param>
    public static FileNameColumn? Of(TableRows rows, string? name) => name is null ? null : new FileNameColumn(rows, name);

    /// <summary>Puts the name into a row.</summary>
    public void Add() => _column.Add(_name);
}
