namespace NetLab.Osi.Filters;

/// <summary>A value of the expression itself.</summary>
internal sealed class LiteralOperand(ValueType type, FilterValue value) : FilterOperand(type)
{
    public FilterValue Value { get; } = value;

    public override void Load(in FilterContext context, List<FilterValue> into) => into.Add(Value);
}
