using System.IO.Hashing;
using Apache.Arrow;
using Apache.Arrow.Types;
using Parquet;
using Parquet.Schema;

namespace NetLab.Host.Tables;

/// <summary>A column of bytes.</summary>
internal sealed class BytesColumn(string name, bool isList = false) : TableColumn(name, typeof(byte[]), isList)
{
    private readonly List<ReadOnlyMemory<byte>> _values = [];

    public override IArrowType ArrowType => BinaryType.Default;

    /// <summary>A value, which is kept elsewhere for as long as the rows are.</summary>
    public void Add(byte[] value, bool isNext = false)
    {
        AddLevel(isNext);
        _values.Add(value);
    }

    public override Task WriteAsync(ParquetRowGroupWriter group, DataField values, CancellationToken cancellationToken) =>
        group.WriteAllPartsAsync<ReadOnlyMemory<byte>>(values, _values.ToArray(), Definitions, Repetitions, cancellationToken);

    public override void AddHashes(HashSet<ulong> hashes)
    {
        foreach (ReadOnlyMemory<byte> value in _values)
        {
            hashes.Add(XxHash64.HashToUInt64(value.Span));
        }
    }

    protected override IArrowArray ToArrow(ReadOnlySpan<int> definitions)
    {
        var array = new BinaryArray.Builder();
        array.Reserve(definitions.Length);
        int next = 0;
        foreach (int definition in definitions)
        {
            if (definition == 0)
            {
                array.AppendNull();
            }
            else
            {
                array.Append(_values[next++].Span);
            }
        }

        return array.Build();
    }

    public override void Clear()
    {
        base.Clear();
        _values.Clear();
    }
}
