namespace NetLab.Osi.Filters;

/// <summary>Whether any value is other than zero: <c>tcp.flags &amp; 2</c>.</summary>
internal sealed class NonzeroTest(FilterOperand operand) : FilterTest
{
    public override bool Matches(in FilterContext context)
    {
        List<FilterValue> values = context.Scratch.Rent();
        operand.Load(context, values);
        bool found = false;
        foreach (FilterValue value in values)
        {
            found |= operand.Type == ValueType.Integer ? value.Number != 0 : value.Bytes.IndexOfAnyExcept((byte)0) >= 0;
        }

        context.Scratch.Return(values);
        return found;
    }
}
