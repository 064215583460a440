using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
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
    private const int RecentBits = 6;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _numbersBySpan;
    private readonly List<string> _texts = [];
    private int[] _values = new int[256];
    private int _count;

    // The text before, which often comes again.
    private string? _last;
    private int _lastNumber;

    // Numbers by what texts were made of, which is quicker than to hash a text. Each may be of rows that are gone: what counts is that the text with this number is the same.
    private int[] _numberOfSlot = [];
    private readonly Recent[] _recent = new Recent[1 << RecentBits];

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
            (_last, _lastNumber) = (value, NumberOf(value));
        }

        AddNumber(_lastNumber, isNext);
    }

    /// <summary>A value of which each text is kept elsewhere, and stands in a slot of its own.</summary>
    /// <param name="value">The text.</param>
    /// <param name="slot">A small number. Another text may come to have it; one text has only one.</param>
    /// <param name="isNext">Whether it goes on the row's list.</param>
    public void Add(string value, int slot, bool isNext)
    {
        if (slot >= _numberOfSlot.Length)
        {
            System.Array.Resize(ref _numberOfSlot, Math.Max(slot + 1, 2 * _numberOfSlot.Length));
        }

        ref int number = ref _numberOfSlot[slot];
        if (!IsNumberOf(value, number))
        {
            number = NumberOf(value);
        }

        AddNumber(number, isNext);
    }

    /// <summary>A value as its bytes stand in a packet; what is not UTF-8 of it is replaced.</summary>
    public void Add(ReadOnlySpan<byte> utf8, bool isNext = false)
    {
        if (utf8.Length is < sizeof(ulong) or > ShortText)
        {
            AddNumber(NumberOf(utf8), isNext);
            return;
        }

        ulong ends = BinaryPrimitives.ReadUInt64LittleEndian(utf8) ^ BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(utf8[^sizeof(ulong)..]), utf8.Length);
        ref Recent recent = ref _recent[(int)((ends * 0x9E37_79B9_7F4A_7C15) >> (64 - RecentBits))];
        if (recent.Text is null || !utf8.SequenceEqual(recent.Utf8.AsSpan(0, recent.Length)))
        {
            recent.Utf8 ??= new byte[ShortText];
            utf8.CopyTo(recent.Utf8);
            recent.Length = utf8.Length;
            recent.Number = NumberOf(utf8);
            recent.Text = _texts[recent.Number];
        }
        else if (!IsNumberOf(recent.Text, recent.Number))
        {
            recent.Number = NumberOf(recent.Text);
            recent.Text = _texts[recent.Number];
        }

        AddNumber(recent.Number, isNext);
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

    private bool IsNumberOf(string text, int number) => number < _texts.Count && ReferenceEquals(_texts[number], text);

    private int NumberOf(string text) => _numbers.TryGetValue(text, out int number) ? number : Number(text);

    private int NumberOf(ReadOnlySpan<byte> utf8)
    {
        char[]? rented = null;
        int most = Encoding.UTF8.GetMaxCharCount(utf8.Length);
        Span<char> text = most <= ShortText ? stackalloc char[ShortText] : rented = ArrayPool<char>.Shared.Rent(most);
        text = text[..Encoding.UTF8.GetChars(utf8, text)];
        if (!_numbersBySpan.TryGetValue(text, out int number))
        {
            number = Number(text.ToString());
        }

        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return number;
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

    // A text as its bytes stood in packets before.
    private struct Recent
    {
        public byte[]? Utf8;
        public int Length;
        public string? Text;
        public int Number;
    }
}
