using NetLab.Osi.Protocols;

namespace NetLab.Osi.Filters;

/// <summary>The values of a field.</summary>
/// <param name="field">The field.</param>
/// <param name="slots">Its slots in the collector.</param>
/// <param name="layers">Which of several layers of its protocol count; null for all.</param>
internal sealed class FieldOperand(Field field, int[] slots, LayerRange[]? layers) : FilterOperand(ValueTypes.Of(field.Kind))
{
    public override Field Field { get; } = field;

    public int[] Slots { get; } = slots;

    public LayerRange[]? Layers { get; } = layers;

    /// <summary>Whether a packet has any value of it.</summary>
    public bool Exists(in FilterContext context)
    {
        foreach (int slot in Slots)
        {
            foreach (ref readonly CollectedValue value in context.Fields[slot])
            {
                if (Layers is null || LayerRange.Includes(Layers, context.View, value.Layer))
                {
                    return true;
                }
            }
        }

        return false;
    }

    public override void Load(in FilterContext context, List<FilterValue> into)
    {
        foreach (int slot in Slots)
        {
            foreach (ref readonly CollectedValue value in context.Fields[slot])
            {
                if (Layers is null || LayerRange.Includes(Layers, context.View, value.Layer))
                {
                    into.Add(ValueOf(value, context.Fields));
                }
            }
        }
    }

    private static FilterValue ValueOf(in CollectedValue value, FieldCollector fields) => fields.FieldOf(value.Slot).Kind switch
    {
        FieldKind.Number => new FilterValue((ulong)value.Number),
        FieldKind.SignedNumber or FieldKind.Boolean or FieldKind.Time or FieldKind.Date or FieldKind.Duration or FieldKind.Real => new FilterValue(value.Number),
        _ => new FilterValue(0, fields.Buffer, value.Start, value.Length),
    };
}
