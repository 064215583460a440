using System.IO.Hashing;
using System.Runtime.InteropServices;
using Parquet;
using Parquet.Schema;

namespace NetLab.Host.Tables;

/// <summary>A column of numbers or truths.</summary>
/// <typeparam name="T">What the engine sees: int, long, ulong, double or bool.</typeparam>
internal sealed class ValueColumn<T>(string name, bool isList = false) : TableColumn(name, typeof(T), isList)
    where T : unmanaged
{
    private T[] _values = new T[256];
    private int _count;

    /// <summary>Whether its values mostly grow, such as ordinals and times.</summary>
    public bool IsGrowing { get; init; }

    public override EncodingHint Packing =>
        typeof(T) == typeof(bool) || typeof(T) == typeof(double) ? EncodingHint.Default : IsGrowing ? EncodingHint.DeltaBinaryPacked : EncodingHint.Dictionary;

    public void Add(T value, bool isNext = false)
    {
        AddLevel(isNext);
        if (_count == _values.Length)
        {
            Array.Resize(ref _values, 2 * _count);
        }

        _values[_count++] = value;
    }

    public override Task WriteAsync(ParquetRowGroupWriter group, DataField values, CancellationToken cancellationToken) =>
        group.WriteAllPartsAsync<T>(values, _values.AsMemory(0, _count), Definitions, Repetitions, cancellationToken);

    public override void AddHashes(HashSet<ulong> hashes)
    {
        foreach (ref readonly T value in _values.AsSpan(0, _count))
        {
            hashes.Add(XxHash64.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value))));
        }
    }

    public override void Clear()
    {
        base.Clear();
        _count = 0;
    }
}
