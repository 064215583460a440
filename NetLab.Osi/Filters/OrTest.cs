namespace NetLab.Osi.Filters;

/// <summary>Either.</summary>
internal sealed class OrTest(FilterTest left, FilterTest right) : FilterTest
{
    public override bool Matches(in FilterContext context) => left.Matches(context) || right.Matches(context);
}
