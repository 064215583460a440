namespace NetLab.Osi.Filters;

/// <summary>Whether a value is one of several, or between two.</summary>
internal sealed class SetTest(FilterOperand operand, (FilterValue From, FilterValue? To)[] members, bool all) : FilterTest
{
    public override bool Matches(in FilterContext context)
    {
        List<FilterValue> values = context.Scratch.Rent();
        operand.Load(context, values);
        bool result = all && values.Count > 0;
        foreach (FilterValue value in values)
        {
            if (IsMember(value) != all)
            {
                result = !all;
                break;
            }
        }

        context.Scratch.Return(values);
        return result;
    }

    private bool IsMember(in FilterValue value)
    {
        foreach ((FilterValue from, FilterValue? to) in members)
        {
            if (to is not { } last ? Values.Compare(value, from, operand.Type) == 0
                : Values.Compare(value, from, operand.Type) >= 0 && Values.Compare(value, last, operand.Type) <= 0)
            {
                return true;
            }
        }

        return false;
    }
}
