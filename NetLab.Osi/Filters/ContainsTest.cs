namespace NetLab.Osi.Filters;

/// <summary>Whether a value has bytes in it.</summary>
internal sealed class ContainsTest(FilterOperand left, FilterOperand right, bool all) : FilterTest
{
    public override bool Matches(in FilterContext context)
    {
        List<FilterValue> a = context.Scratch.Rent();
        List<FilterValue> b = context.Scratch.Rent();
        left.Load(context, a);
        right.Load(context, b);
        bool result = all && a.Count > 0 && b.Count > 0;
        foreach (FilterValue x in a)
        {
            foreach (FilterValue y in b)
            {
                bool holds = x.Bytes.IndexOf(y.Bytes) >= 0;
                result = all ? result && holds : result || holds;
            }
        }

        context.Scratch.Return(a);
        context.Scratch.Return(b);
        return result;
    }
}
