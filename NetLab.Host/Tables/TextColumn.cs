using System.IO.Hashing;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;
using Parquet;
using Parquet.Schema;

namespace NetLab.Host.Tables;

/// <summary>A column of text.</summary>
internal sealed class TextColumn(string name, bool isList = false) : TableColumn(name, typeof(string), isList)
{
    private const int ChunkSize = 64 << 10;

    private readonly List<ReadOnlyMemory<char>> _values = [];
    private char[] _chunk = [];
    private int _used;

    public override IArrowType ArrowType => StringType.Default;

    /// <summary>A value that is kept elsewhere for as long as the rows are.</summary>
    public void Add(string value, bool isNext = false)
    {
        AddLevel(isNext);
        _values.Add(value.AsMemory());
    }

    /// <summary>A value as its bytes stand in a packet; what is not UTF-8 of it is replaced.</summary>
    public void Add(ReadOnlySpan<byte> utf8, bool isNext = false)
    {
        AddLevel(isNext);
        int most = Encoding.UTF8.GetMaxCharCount(utf8.Length);
        if (_chunk.Length - _used < most)
        {
            // What lies in the chunk before stays there: values point to it.
            _chunk = new char[Math.Max(ChunkSize, most)];
            _used = 0;
        }

        int length = Encoding.UTF8.GetChars(utf8, _chunk.AsSpan(_used));
        _values.Add(_chunk.AsMemory(_used, length));
        _used += length;
    }

    public override Task WriteAsync(ParquetRowGroupWriter group, DataField values, CancellationToken cancellationToken) =>
        group.WriteAllPartsAsync<ReadOnlyMemory<char>>(values, _values.ToArray(), Definitions, Repetitions, cancellationToken);

    public override void AddHashes(HashSet<ulong> hashes)
    {
        Span<byte> utf8 = stackalloc byte[256];
        foreach (ReadOnlyMemory<char> value in _values)
        {
            int most = Encoding.UTF8.GetMaxByteCount(value.Length);
            Span<byte> bytes = most <= utf8.Length ? utf8 : new byte[most];
            hashes.Add(XxHash64.HashToUInt64(bytes[..Encoding.UTF8.GetBytes(value.Span, bytes)]));
        }
    }

    protected override IArrowArray ToArrow(ReadOnlySpan<int> definitions)
    {
        var array = new StringArray.Builder();
        array.Reserve(definitions.Length);
        Span<byte> utf8 = stackalloc byte[256];
        int next = 0;
        foreach (int definition in definitions)
        {
            if (definition == 0)
            {
                array.AppendNull();
                continue;
            }

            ReadOnlySpan<char> value = _values[next++].Span;
            int most = Encoding.UTF8.GetMaxByteCount(value.Length);
            Span<byte> bytes = most <= utf8.Length ? utf8 : new byte[most];
            array.Append(bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
        }

        return array.Build();
    }

    public override void Clear()
    {
        base.Clear();
        _values.Clear();
        (_chunk, _used) = ([], 0);
    }
}
