namespace NetLab.Osi.Filters;

/// <summary>Two sides compared, value by value.</summary>
internal sealed class CompareTest(FilterOperand left, Comparison comparison, FilterOperand right, bool all) : FilterTest
{
    private readonly ValueType _type = left.Type is ValueType.Real || right.Type is ValueType.Real ? ValueType.Real : left.Type;

    public override bool Matches(in FilterContext context)
    {
        List<FilterValue> a = context.Scratch.Rent();
        left.Load(context, a);
        bool result = false;
        if (a.Count > 0)
        {
            List<FilterValue> b = context.Scratch.Rent();
            right.Load(context, b);
            result = Matches(a, b);
            context.Scratch.Return(b);
        }

        context.Scratch.Return(a);
        return result;
    }

    private bool Matches(List<FilterValue> a, List<FilterValue> b)
    {
        foreach (FilterValue x in a)
        {
            foreach (FilterValue y in b)
            {
                if (Holds(x, y) != all)
                {
                    return !all;
                }
            }
        }

        return all && b.Count > 0;
    }

    private bool Holds(in FilterValue x, in FilterValue y)
    {
        if (comparison is Comparison.Equal or Comparison.NotEqual && _type is not (ValueType.Integer or ValueType.Time or ValueType.Real))
        {
            return Values.AreEqual(x, y) == (comparison == Comparison.Equal);
        }

        int order = Values.Compare(x, y, _type);
        return comparison switch
        {
            Comparison.Equal => order == 0,
            Comparison.NotEqual => order != 0,
            Comparison.Less => order < 0,
            Comparison.LessOrEqual => order <= 0,
            Comparison.Greater => order > 0,
            _ => order >= 0,
        };
    }
}
