using System.Globalization;
using System.Text;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Filters;

/// <summary>A function of values: <c>len(http.host)</c>.</summary>
internal sealed class FunctionOperand(string name, ValueType type, FilterOperand[] arguments) : FilterOperand(type)
{
    public override Field? Field => name is "max" or "min" or "abs" ? arguments[0].Field : null;

    // Lengths and counts are numbers of 32 bits.
    public override int Width => name is "len" or "count" ? 4 : base.Width;

    public override void Load(in FilterContext context, List<FilterValue> into)
    {
        List<FilterValue> values = context.Scratch.Rent();
        foreach (FilterOperand argument in arguments)
        {
            argument.Load(context, values);
        }

        switch (name)
        {
            case "count":
                // Of a field that is not there, there is no count.
                if (values.Count > 0)
                {
                    into.Add(new FilterValue(values.Count));
                }

                break;
            case "max" or "min":
                if (values.Count > 0)
                {
                    into.Add(new FilterValue(name == "max" ? values.Max(v => v.Number) : values.Min(v => v.Number)));
                }

                break;
            default:
                foreach (FilterValue value in values)
                {
                    into.Add(Of(context.Scratch, value));
                }

                break;
        }

        context.Scratch.Return(values);
    }

    private FilterValue Of(FilterScratch scratch, in FilterValue value) => name switch
    {
        "len" => new FilterValue(value.Length),
        "abs" => new FilterValue(Int128.Abs(value.Number)),
        "string" => scratch.Keep(Encoding.UTF8.GetBytes(TextOf(value))),
        _ => Change(scratch, value.Bytes, upper: name == "upper"),
    };

    private string TextOf(in FilterValue value) => arguments[0].Type switch
    {
        ValueType.Integer => value.Number.ToString(CultureInfo.InvariantCulture),
        ValueType.Real => value.Real.ToString(CultureInfo.InvariantCulture),
        ValueType.Time => TimeValue.Text((long)value.Number),
        ValueType.Ipv4 or ValueType.Ipv6 or ValueType.Ip => AddressText.Ip(value.Bytes),
        ValueType.Mac => AddressText.Mac(value.Bytes),
        ValueType.Text => Encoding.UTF8.GetString(value.Bytes),
        _ => Convert.ToHexStringLower(value.Bytes),
    };

    private static FilterValue Change(FilterScratch scratch, ReadOnlySpan<byte> bytes, bool upper)
    {
        FilterValue copy = scratch.Keep(bytes);
        Span<byte> text = copy.Buffer.AsSpan(copy.Start, copy.Length);
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (byte)(upper ? char.ToUpperInvariant((char)text[i]) : char.ToLowerInvariant((char)text[i]));
            text[i] = bytes[i] < 0x80 ? text[i] : bytes[i];
        }

        return copy;
    }
}
