using NetLab.Osi.Protocols;

namespace NetLab.Osi.Filters;

/// <summary>Two numbers in, one out: <c>tcp.srcport + 1</c>, <c>tcp.flags &amp; 2</c>.</summary>
internal sealed class ArithmeticOperand(FilterOperand left, char operation, FilterOperand right) : FilterOperand(left.Type)
{
    public override Field? Field => left.Field;

    public override int Width => left.Width;

    public override void Load(in FilterContext context, List<FilterValue> into)
    {
        List<FilterValue> a = context.Scratch.Rent();
        List<FilterValue> b = context.Scratch.Rent();
        left.Load(context, a);
        right.Load(context, b);
        foreach (FilterValue x in a)
        {
            foreach (FilterValue y in b)
            {
                if (Type == ValueType.Bytes)
                {
                    into.Add(Mask(context.Scratch, x.Bytes, y.Bytes));
                }
                else if (Of(x.Number, y.Number) is { } number)
                {
                    into.Add(new FilterValue(number));
                }
            }
        }

        context.Scratch.Return(a);
        context.Scratch.Return(b);
    }

    private static FilterValue Mask(FilterScratch scratch, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        Span<byte> both = stackalloc byte[Math.Min(256, Math.Min(x.Length, y.Length))];
        for (int i = 0; i < both.Length; i++)
        {
            both[i] = (byte)(x[i] & y[i]);
        }

        return scratch.Keep(both);
    }

    private Int128? Of(Int128 x, Int128 y) => operation switch
    {
        '+' => x + y,
        '-' => x - y,
        '*' => unchecked(x * y),
        '/' => y == 0 ? null : x / y,
        '%' => y == 0 ? null : x % y,
        _ => x & y,
    };
}
