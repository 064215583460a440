namespace NetLab.Osi.Filters;

/// <summary>A question that a packet answers with yes or no.</summary>
internal abstract class FilterTest
{
    public abstract bool Matches(in FilterContext context);
}
