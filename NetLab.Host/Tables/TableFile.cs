using System.IO.Compression;
using NetLab.Host.Settings;
using Parquet;
using Parquet.Schema;

namespace NetLab.Host.Tables;

/// <summary>
/// A table on its way into a Parquet file: while rows are gathered, those before them are written by another thread. The file
/// has the name <c>….part</c> until it is complete.
/// </summary>
/// <typeparam name="TRows">The rows.</typeparam>
internal sealed class TableFile<TRows> : IAsyncDisposable
    where TRows : TableRows
{
    private readonly string _path;
    private readonly int _groupRows;
    private readonly FileStream _stream;
    private readonly Dictionary<(int Group, string Column), (long Offset, int Length)> _filters = [];
    private readonly HashSet<ulong> _hashes = [];
    private ParquetWriter? _writer;
    private DataField[] _fields = [];
    private TRows _next;
    private Task _writing = Task.CompletedTask;
    private int _groups;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Where it will be; its folder is made.</param>
    /// <param name="make">Makes the rows: twice, so that one is filled while the other is written.</param>
    /// <param name="groupRows">Rows that are written together, a row group of the file.</param>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public TableFile(string path, Func<TRows> make, int groupRows)
    {
        (_path, _groupRows) = (path, groupRows);
        (Rows, _next) = (make(), make());
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            _stream = new FileStream(PartPath, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--parquet '{path}': {OutputPath.Why(path, error)}");
        }
    }

    /// <summary>The rows that are gathered now.</summary>
    public TRows Rows { get; private set; }

    /// <summary>Rows of the file so far.</summary>
    public long Count { get; private set; }

    private string PartPath => _path + ".part";

    /// <summary>Ends a row. When enough are together they are written; that waits for those before them.</summary>
    public void EndRow()
    {
        Rows.EndRow();
        Count++;
        if (Rows.Count == _groupRows)
        {
            HandOver();
        }
    }

    /// <summary>Writes what is left, completes the file and gives it its name.</summary>
    public async Task CompleteAsync()
    {
        HandOver();
        await _writing.ConfigureAwait(false);
        await _writer!.DisposeAsync().ConfigureAwait(false);
        _writer = null;
        HashSet<string> times = [.. Rows.Columns.Where(c => c.IsTime).Select(c => c.Name)];
        ParquetFooter.Complete(_stream, times, _filters);
        await _stream.DisposeAsync().ConfigureAwait(false);
        File.Move(PartPath, _path, overwrite: true);
    }

    /// <summary>Lets go of it; what is not complete stays as <c>….part</c>.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _writing.ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Said where it was first met.
        }

        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private void HandOver()
    {
        _writing.GetAwaiter().GetResult();
        TRows full = Rows;
        (Rows, _next) = (_next, full);
        Rows.Clear();
        _writing = Task.Run(() => WriteAsync(full));
    }

    private async Task WriteAsync(TRows rows)
    {
        _writer ??= await CreateAsync(rows).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return;
        }

        using (ParquetRowGroupWriter group = _writer.CreateRowGroup())
        {
            for (int i = 0; i < rows.Columns.Count; i++)
            {
                await rows.Columns[i].WriteAsync(group, _fields[i], CancellationToken.None).ConfigureAwait(false);
            }
        }

        // Behind the group, so that nothing of it is kept: a long capture has many groups.
        foreach (TableColumn column in rows.Columns.Where(c => c.HasBloomFilter))
        {
            _hashes.Clear();
            column.AddHashes(_hashes);
            _filters.Add((_groups, column.Path), ParquetFooter.WriteFilter(_stream, BloomFilter.Of(_hashes)));
        }

        _groups++;
    }

    private Task<ParquetWriter> CreateAsync(TRows rows)
    {
        var options = new ParquetOptions { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Fastest };
        foreach (TableColumn column in rows.Columns)
        {
            options.ColumnEncodingHints[column.Path] = column.Packing;
        }

        // The other rows are written by these, too: the file knows no others.
        _fields = [.. rows.Columns.Select(c => c.Values)];
        return ParquetWriter.CreateAsync(new ParquetSchema(rows.Columns.Select(c => c.Schema)), _stream, options);
    }
}
