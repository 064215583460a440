namespace NetLab.Host.Tables;

/// <summary>Rows of a table that are gathered, and are written together.</summary>
internal abstract class TableRows
{
    private readonly List<TableColumn> _columns = [];

    /// <summary>The columns, in the order of the file.</summary>
    public IReadOnlyList<TableColumn> Columns => _columns;

    /// <summary>Rows so far.</summary>
    public int Count { get; private set; }

    /// <summary>Ends a row: a column that was given no value has none in it.</summary>
    public void EndRow() => Count++;

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        Count = 0;
        _columns.ForEach(c => c.Clear());
    }

    /// <summary>Adds a column.</summary>
    internal T Column<T>(T column)
        where T : TableColumn
    {
        column.Rows = this;
        _columns.Add(column);
        return column;
    }
}
