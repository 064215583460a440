namespace NetLab.Osi.Filters;

/// <summary>Whether a field is there.</summary>
internal sealed class FieldTest(FieldOperand field) : FilterTest
{
    public override bool Matches(in FilterContext context) => field.Exists(context);
}
