using NetLab.Osi.Protocols;

namespace NetLab.Osi.Filters;

/// <summary>A side of a comparison: the values a packet has of it.</summary>
/// <param name="type">Their type.</param>
internal abstract class FilterOperand(ValueType type)
{
    public ValueType Type { get; } = type;

    /// <summary>The field whose values it has, as they are or reckoned from; null for none.</summary>
    public virtual Field? Field => null;

    /// <summary>How many bytes a number that is compared with it has at most.</summary>
    public virtual int Width => Field?.Width ?? 8;

    /// <summary>Adds the values of a packet.</summary>
    public abstract void Load(in FilterContext context, List<FilterValue> into);
}
