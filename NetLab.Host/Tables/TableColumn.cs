using System.Buffers;
using Apache.Arrow;
using Apache.Arrow.Types;
using Parquet;
using Parquet.Schema;

namespace NetLab.Host.Tables;

/// <summary>
/// A column of a table while its rows are gathered: values without gaps, and levels that say where the gaps are (Parquet's
/// definition and repetition levels). A row that it is given no value in costs nothing. Filled by one thread, then written by another.
/// </summary>
internal abstract class TableColumn
{
    // The levels of a list in Parquet's three-level form: no list, and an element that is there. An empty list and an
    // element that is not there do not occur.
    private const byte ListLevel = 3;

    // Zero where nothing was noted yet: a gap.
    private byte[] _definitions = new byte[256];
    private byte[] _repetitions;
    private int _levels;
    private int _rows;

    protected TableColumn(string name, Type type, bool isList)
    {
        Name = name;
        IsList = isList;
        var values = new DataField(isList ? "element" : name, type, isNullable: true);
        Schema = isList ? new ListField(name, values) : values;
        Values = values;
        _repetitions = isList ? new byte[256] : [];
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Whether a row has a list of values rather than one.</summary>
    public bool IsList { get; }

    /// <summary>Whether its numbers are moments: nanoseconds since 1970-01-01 UTC.</summary>
    public bool IsTime { get; init; }

    /// <summary>Whether a filter over its values is kept beside them, so that an engine passes over what has no such value.</summary>
    public bool HasBloomFilter { get; init; }

    /// <summary>How Parquet knows it.</summary>
    public Parquet.Schema.Field Schema { get; }

    /// <summary>What its values are packed by.</summary>
    public virtual EncodingHint Packing => EncodingHint.Dictionary;

    /// <summary>The rows it is a column of.</summary>
    public TableRows? Rows { get; set; }

    /// <summary>The path of its values in the file's schema.</summary>
    public string Path => IsList ? $"{Name}/list/element" : Name;

    /// <summary>How Parquet knows its values.</summary>
    public DataField Values { get; }

    /// <summary>What one of its values is in Arrow.</summary>
    public abstract IArrowType ArrowType { get; }

    /// <summary>Writes what was gathered.</summary>
    /// <param name="group">The rows it belongs to.</param>
    /// <param name="values">The column in the schema of the file.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task WriteAsync(ParquetRowGroupWriter group, DataField values, CancellationToken cancellationToken)
    {
        FillUp();
        int[] definitions = ArrayPool<int>.Shared.Rent(_levels);
        int[] repetitions = ArrayPool<int>.Shared.Rent(IsList ? _levels : 0);
        try
        {
            Widen(_definitions.AsSpan(0, _levels), definitions);
            Widen(_repetitions.AsSpan(0, IsList ? _levels : 0), repetitions);
            await WriteAsync(group, values, definitions.AsMemory(0, _levels), IsList ? repetitions.AsMemory(0, _levels) : null, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(definitions);
            ArrayPool<int>.Shared.Return(repetitions);
        }
    }

    /// <summary>The hashes of the values, for the filter: XXH64 of each as Parquet's plain encoding has it.</summary>
    public abstract void AddHashes(HashSet<ulong> hashes);

    /// <summary>What was gathered, as Arrow has it: for each row a value, a list of them, or a gap.</summary>
    public IArrowArray ToArrow()
    {
        FillUp();
        ReadOnlySpan<byte> definitions = _definitions.AsSpan(0, _levels);
        if (!IsList)
        {
            return ToArrow(definitions);
        }

        var offsets = new ArrowBuffer.Builder<int>(_levels + 1);
        var validity = new ArrowBuffer.BitmapBuilder(_levels);
        int values = 0;
        int rows = 0;
        int gaps = 0;
        for (int i = 0; i < _levels; i++)
        {
            if (_repetitions[i] == 0)
            {
                offsets.Append(values);
                validity.Append(definitions[i] > 0);
                gaps += definitions[i] > 0 ? 0 : 1;
                rows++;
            }

            values += definitions[i] > 0 ? 1 : 0;
        }

        offsets.Append(values);
        byte[] present = new byte[values];
        System.Array.Fill(present, (byte)1);
        IArrowArray elements = ToArrow(present);
        return new ListArray(new ArrayData(new ListType(ArrowType), rows, gaps, 0, [validity.Build(), offsets.Build()], [elements.Data]));
    }

    /// <summary>Forgets what was gathered.</summary>
    public virtual void Clear()
    {
        System.Array.Clear(_definitions, 0, _levels);
        System.Array.Clear(_repetitions, 0, IsList ? _levels : 0);
        (_levels, _rows) = (0, 0);
    }

    /// <summary>Writes the values.</summary>
    /// <param name="group">The rows they belong to.</param>
    /// <param name="values">The column in the schema of the file.</param>
    /// <param name="definitions">Where they and the gaps are.</param>
    /// <param name="repetitions">Which of them go on a row's list; null if it has no lists.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    protected abstract Task WriteAsync(
        ParquetRowGroupWriter group, DataField values, ReadOnlyMemory<int> definitions, ReadOnlyMemory<int>? repetitions, CancellationToken cancellationToken);

    /// <summary>The values as Arrow has them.</summary>
    /// <param name="definitions">For each place whether there is the next value (not 0), or a gap.</param>
    protected abstract IArrowArray ToArrow(ReadOnlySpan<byte> definitions);

    /// <summary>Notes a value of the row that is gathered.</summary>
    /// <param name="isNext">Whether it goes on the row's list.</param>
    protected void AddLevel(bool isNext)
    {
        // Rows that were passed over have none: one level each, already zero.
        int level = isNext ? _levels : _levels + Rows!.Count - _rows;
        if (level >= _definitions.Length)
        {
            Grow(level);
        }

        if (IsList)
        {
            _definitions[level] = ListLevel;
            _repetitions[level] = isNext ? (byte)1 : (byte)0;
        }
        else
        {
            _definitions[level] = 1;
        }

        (_levels, _rows) = (level + 1, Rows!.Count + 1);
    }

    private static void Widen(ReadOnlySpan<byte> levels, int[] wide)
    {
        for (int i = 0; i < levels.Length; i++)
        {
            wide[i] = levels[i];
        }
    }

    // The rows after the last value have none.
    private void FillUp()
    {
        int levels = _levels + Rows!.Count - _rows;
        if (levels > _definitions.Length)
        {
            Grow(levels);
        }

        (_levels, _rows) = (levels, Rows.Count);
    }

    private void Grow(int level)
    {
        int size = Math.Max(2 * _definitions.Length, level + 1);
        System.Array.Resize(ref _definitions, size);
        if (IsList)
        {
            System.Array.Resize(ref _repetitions, size);
        }
    }
}
