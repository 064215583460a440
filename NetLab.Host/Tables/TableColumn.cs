using Apache.Arrow;
using Apache.Arrow.Types;
using Parquet;
using Parquet.Schema;

namespace NetLab.Host.Tables;

/// <summary>
/// A column of a table while its rows are gathered: values without gaps, and for each a level that says where the gaps are
/// (Parquet's definition and repetition levels). Filled by one thread, then written by another.
/// </summary>
internal abstract class TableColumn
{
    // The levels of a list in Parquet's three-level form: no list, and an element that is there. An empty list and an
    // element that is not there do not occur.
    private const int ListLevel = 3;

    private int[] _definitions = new int[256];
    private int[] _repetitions = [];

    protected TableColumn(string name, Type type, bool isList)
    {
        Name = name;
        IsList = isList;
        var values = new DataField(isList ? "element" : name, type, isNullable: true);
        Schema = isList ? new ListField(name, values) : values;
        Values = values;
        if (isList)
        {
            _repetitions = new int[256];
        }
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

    /// <summary>Levels so far: one a value, and one a row without.</summary>
    public int Levels { get; private set; }

    /// <summary>The path of its values in the file's schema.</summary>
    public string Path => IsList ? $"{Name}/list/element" : Name;

    /// <summary>How Parquet knows its values.</summary>
    public DataField Values { get; }

    /// <summary>What one of its values is in Arrow.</summary>
    public abstract IArrowType ArrowType { get; }

    protected ReadOnlyMemory<int> Definitions => _definitions.AsMemory(0, Levels);

    protected ReadOnlyMemory<int>? Repetitions => IsList ? _repetitions.AsMemory(0, Levels) : null;

    /// <summary>A row without a value.</summary>
    public void AddAbsent() => AddLevel(0, 0);

    /// <summary>Writes what was gathered.</summary>
    /// <param name="group">The rows it belongs to.</param>
    /// <param name="values">The column in the schema of the file.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public abstract Task WriteAsync(ParquetRowGroupWriter group, DataField values, CancellationToken cancellationToken);

    /// <summary>The hashes of the values, for the filter: XXH64 of each as Parquet's plain encoding has it.</summary>
    public abstract void AddHashes(HashSet<ulong> hashes);

    /// <summary>What was gathered, as Arrow has it: for each row a value, a list of them, or a gap.</summary>
    public IArrowArray ToArrow()
    {
        ReadOnlySpan<int> definitions = _definitions.AsSpan(0, Levels);
        if (!IsList)
        {
            return ToArrow(definitions);
        }

        var offsets = new ArrowBuffer.Builder<int>(Levels + 1);
        var validity = new ArrowBuffer.BitmapBuilder(Levels);
        int values = 0;
        int rows = 0;
        int gaps = 0;
        for (int i = 0; i < Levels; i++)
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
        int[] present = new int[values];
        System.Array.Fill(present, 1);
        IArrowArray elements = ToArrow(present);
        return new ListArray(new ArrayData(new ListType(ArrowType), rows, gaps, 0, [validity.Build(), offsets.Build()], [elements.Data]));
    }

    /// <summary>Forgets what was gathered.</summary>
    public virtual void Clear() => Levels = 0;

    /// <summary>The values as Arrow has them.</summary>
    /// <param name="definitions">For each place whether there is the next value (not 0), or a gap.</param>
    protected abstract IArrowArray ToArrow(ReadOnlySpan<int> definitions);

    /// <summary>Notes a value.</summary>
    /// <param name="isNext">Whether it goes on a row's list.</param>
    protected void AddLevel(bool isNext) => AddLevel(IsList ? ListLevel : 1, isNext ? 1 : 0);

    private void AddLevel(int definition, int repetition)
    {
        if (Levels == _definitions.Length)
        {
            System.Array.Resize(ref _definitions, 2 * Levels);
            if (IsList)
            {
                System.Array.Resize(ref _repetitions, 2 * Levels);
            }
        }

        _definitions[Levels] = definition;
        if (IsList)
        {
            _repetitions[Levels] = repetition;
        }

        Levels++;
    }
}
