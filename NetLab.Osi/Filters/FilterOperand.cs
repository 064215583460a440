namespace NetLab.Osi.Filters;

/// <summary>A side of a comparison: the values a packet has of it.</summary>
/// <param name="type">Their type.</param>
internal abstract class FilterOperand(ValueType type)
{
    public ValueType Type { get; } = type;

    /// <summary>Adds the values of a packet.</summary>
    public abstract void Load(in FilterContext context, List<FilterValue> into);
}
