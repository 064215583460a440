namespace NetLab.Osi.Filters;

/// <summary>Both.</summary>
internal sealed class AndTest(FilterTest left, FilterTest right) : FilterTest
{
    public override bool Matches(in FilterContext context) => left.Matches(context) && right.Matches(context);
}
