using System.Buffers;
using System.IO.Hashing;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;
using Parquet;
using Parquet.Schema;

namespace NetLab.Host.Tables;

/// <summary>A column of text: each text that occurs is kept once, and for every value which it is.</summary>
internal sealed class TextColumn : TableColumn
{
    private const int ShortText = 256;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _numbersBySpan;
    private readonly List<string> _texts = [];
    private int[] _values = new int[256];
    private int _count;

    // The text before, which often comes again.
    private string? _last;
    private int _lastNumber;

    /// <summary>Makes an empty column.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isList">Whether a row has a list of texts rather than one.</param>
    public TextColumn(string name, bool isList = false)
        : base(name, typeof(string), isList) => _numbersBySpan = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();

    public override IArrowType ArrowType => StringType.Default;

    /// <summary>A value.</summary>
    public void Add(string value, bool isNext = false)
    {
        if (!ReferenceEquals(value, _last))
        {
            if (!_numbers.TryGetValue(value, out int number))
            {
                number = Number(value);
            }

            (_last, _lastNumber) = (value, number);
        }

        AddNumber(_lastNumber, isNext);
    }

    /// <summary>A value as its bytes stand in a packet; what is not UTF-8 of it is replaced.</summary>
    public void Add(ReadOnlySpan<byte> utf8, bool isNext = false)
    {
        char[]? rented = null;
        int most = Encoding.UTF8.GetMaxCharCount(utf8.Length);
        Span<char> text = most <= ShortText ? stackalloc char[ShortText] : rented = ArrayPool<char>.Shared.Rent(most);
        text = text[..Encoding.UTF8.GetChars(utf8, text)];
        if (!_numbersBySpan.TryGetValue(text, out int number))
        {
            number = Number(text.ToString());
        }

        AddNumber(number, isNext);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    public override void AddHashes(HashSet<ulong> hashes)
    {
        Span<byte> usual = stackalloc byte[ShortText];
        foreach (string text in _texts)
        {
            int most = Encoding.UTF8.GetMaxByteCount(text.Length);
            Span<byte> bytes = most <= usual.Length ? usual : new byte[most];
            hashes.Add(XxHash64.HashToUInt64(bytes[..Encoding.UTF8.GetBytes(text, bytes)]));
        }
    }

    public override void Clear()
    {
        base.Clear();
        _numbers.Clear();
        _texts.Clear();
        (_count, _last) = (0, null);
    }

    protected override async Task WriteAsync(
        ParquetRowGroupWriter group, DataField values, ReadOnlyMemory<int> definitions, ReadOnlyMemory<int>? repetitions, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<char>[] all = ArrayPool<ReadOnlyMemory<char>>.Shared.Rent(_count);
        try
        {
            for (int i = 0; i < _count; i++)
            {
                all[i] = _texts[_values[i]].AsMemory();
            }

            await group.WriteAllPartsAsync<ReadOnlyMemory<char>>(values, all.AsMemory(0, _count), definitions, repetitions, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<ReadOnlyMemory<char>>.Shared.Return(all, clearArray: true);
        }
    }

    protected override IArrowArray ToArrow(ReadOnlySpan<byte> definitions)
    {
        var array = new StringArray.Builder();
        array.Reserve(definitions.Length);
        byte[][] utf8 = [.. _texts.Select(Encoding.UTF8.GetBytes)];
        int next = 0;
        foreach (byte definition in definitions)
        {
            if (definition == 0)
            {
                array.AppendNull();
            }
            else
            {
                array.Append(utf8[_values[next++]].AsSpan());
            }
        }

        return array.Build();
    }

    private int Number(string text)
    {
        _numbers.Add(text, _texts.Count);
        _texts.Add(text);
        return _texts.Count - 1;
    }

    private void AddNumber(int number, bool isNext)
    {
        AddLevel(isNext);
        if (_count == _values.Length)
        {
            System.Array.Resize(ref _values, 2 * _count);
        }

        _values[_count++] = number;
    }
}
