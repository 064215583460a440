using System.IO.Hashing;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
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

    public override IArrowType ArrowType =>
        IsTime ? new TimestampType(TimeUnit.Nanosecond, (string?)null)
        : typeof(T) == typeof(bool) ? BooleanType.Default
        : typeof(T) == typeof(double) ? DoubleType.Default
        : typeof(T) == typeof(int) ? Int32Type.Default
        : typeof(T) == typeof(ulong) ? UInt64Type.Default
        : Int64Type.Default;

    public void Add(T value, bool isNext = false)
    {
        AddLevel(isNext);
        if (_count == _values.Length)
        {
            System.Array.Resize(ref _values, 2 * _count);
        }

        _values[_count++] = value;
    }

    protected override Task WriteAsync(
        ParquetRowGroupWriter group, DataField values, ReadOnlyMemory<int> definitions, ReadOnlyMemory<int>? repetitions, CancellationToken cancellationToken) =>
        group.WriteAllPartsAsync<T>(values, _values.AsMemory(0, _count), definitions, repetitions, cancellationToken);

    public override void AddHashes(HashSet<ulong> hashes)
    {
        // Each value once: ports come again and again.
        var seen = new HashSet<T>();
        foreach (ref readonly T value in _values.AsSpan(0, _count))
        {
            if (seen.Add(value))
            {
                hashes.Add(XxHash64.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value))));
            }
        }
    }

    protected override IArrowArray ToArrow(ReadOnlySpan<byte> definitions)
    {
        var validity = new ArrowBuffer.BitmapBuilder(definitions.Length);
        var values = new T[definitions.Length];
        int next = 0;
        for (int i = 0; i < definitions.Length; i++)
        {
            validity.Append(definitions[i] > 0);
            values[i] = definitions[i] > 0 ? _values[next++] : default;
        }

        ArrowBuffer buffer = values is bool[] bits
            ? new ArrowBuffer.BitmapBuilder(bits.Length).AppendRange(bits).Build()
            : new ArrowBuffer(MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        return ArrowArrayFactory.BuildArray(new ArrayData(ArrowType, definitions.Length, definitions.Length - next, 0, [validity.Build(), buffer]));
    }

    public override void Clear()
    {
        base.Clear();
        _count = 0;
    }
}
