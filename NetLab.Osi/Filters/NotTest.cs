namespace NetLab.Osi.Filters;

/// <summary>Not.</summary>
internal sealed class NotTest(FilterTest inner) : FilterTest
{
    public override bool Matches(in FilterContext context) => !inner.Matches(context);
}
