using NetLab.Osi.Protocols;

namespace NetLab.Osi.Filters;

/// <summary>A protocol as bytes: from its header to the end of what it carries.</summary>
internal sealed class ProtocolOperand(string name, LayerRange[]? layers) : FilterOperand(ValueType.Bytes)
{
    public override void Load(in FilterContext context, List<FilterValue> into)
    {
        PacketView view = context.View;
        for (int i = 0; i < view.Decoded.Entries.Length; i++)
        {
            if (view[i].Protocol.FilterName == name && !view[i].IsPart && (layers is null || LayerRange.Includes(layers, view, i)))
            {
                into.Add(context.Scratch.Keep(view.BytesOf(i)));
            }
        }
    }

    public bool Exists(in FilterContext context)
    {
        ReadOnlySpan<LayerEntry> entries = context.View.Decoded.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Protocol.FilterName == name && !entries[i].IsPart && (layers is null || LayerRange.Includes(layers, context.View, i)))
            {
                return true;
            }
        }

        return false;
    }
}
