using System.Buffers;
using System.IO.Hashing;
using Apache.Arrow;
using Apache.Arrow.Types;
using Parquet;
using Parquet.Schema;

namespace NetLab.Host.Tables;

/// <summary>A column of bytes.</summary>
internal sealed class BytesColumn(string name, bool isList = false) : TableColumn(name, typeof(byte[]), isList)
{
    private readonly List<byte[]> _values = [];

    public override IArrowType ArrowType => BinaryType.Default;

    /// <summary>A value, which is kept elsewhere for as long as the rows are.</summary>
    public void Add(byte[] value, bool isNext = false)
    {
        AddLevel(isNext);
        _values.Add(value);
    }

    public override void AddHashes(HashSet<ulong> hashes)
    {
        foreach (byte[] value in _values)
        {
            hashes.Add(XxHash64.HashToUInt64(value));
        }
    }

    protected override async Task WriteAsync(
        ParquetRowGroupWriter group, DataField values, ReadOnlyMemory<int> definitions, ReadOnlyMemory<int>? repetitions, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>[] all = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(_values.Count);
        try
        {
            for (int i = 0; i < _values.Count; i++)
            {
                all[i] = _values[i];
            }

            await group.WriteAllPartsAsync<ReadOnlyMemory<byte>>(values, all.AsMemory(0, _values.Count), definitions, repetitions, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(all, clearArray: true);
        }
    }

    protected override IArrowArray ToArrow(ReadOnlySpan<byte> definitions)
    {
        var array = new BinaryArray.Builder();
        array.Reserve(definitions.Length);
        int next = 0;
        foreach (byte definition in definitions)
        {
            if (definition == 0)
            {
                array.AppendNull();
            }
            else
            {
                array.Append(_values[next++].AsSpan());
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
