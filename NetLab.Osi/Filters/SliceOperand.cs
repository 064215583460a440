namespace NetLab.Osi.Filters;

/// <summary>Parts of each value: <c>eth.src[0:3]</c>.</summary>
internal sealed class SliceOperand(FilterOperand inner, (int Start, int? End)[] ranges) : FilterOperand(inner.Type == ValueType.Text ? ValueType.Text : ValueType.Bytes)
{
    public override void Load(in FilterContext context, List<FilterValue> into)
    {
        List<FilterValue> values = context.Scratch.Rent();
        inner.Load(context, values);
        foreach (FilterValue value in values)
        {
            if (ranges.Length == 1)
            {
                if (TryCut(value.Length, ranges[0], out int start, out int length))
                {
                    into.Add(value with { Start = value.Start + start, Length = length, Prefix = -1 });
                }

                continue;
            }

            var joined = new List<byte>();
            bool isWhole = true;
            foreach ((int, int?) range in ranges)
            {
                isWhole &= TryCut(value.Length, range, out int start, out int length);
                joined.AddRange(isWhole ? value.Bytes.Slice(start, length) : default);
            }

            if (isWhole)
            {
                into.Add(context.Scratch.Keep(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(joined)));
            }
        }

        context.Scratch.Return(values);
    }

    // A value that is too short for a slice has none.
    private static bool TryCut(int size, (int Start, int? End) range, out int start, out int length)
    {
        start = range.Start < 0 ? size + range.Start : range.Start;
        int end = range.End is not { } e ? size : e <= 0 && range.Start < 0 ? size + e : e;
        length = end - start;
        return start >= 0 && start < size && length > 0 && end <= size;
    }
}
