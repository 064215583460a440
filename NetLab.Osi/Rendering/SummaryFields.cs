using System.Text;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Rendering;

/// <summary>The values that say what a packet is about (<see cref="Field.IsInSummary"/>), one behind the other.</summary>
/// <param name="text">Where they go.</param>
internal sealed class SummaryFields(Utf8Text text) : IFieldSink
{
    // Characters of a value, and values of a packet: a line stays one that is read at a glance.
    private const int MaxText = 60;
    private const int MaxValues = 12;

    private bool _names;
    private int _values;

    /// <summary>Begins a packet.</summary>
    /// <param name="names">Whether the names of the protocols of messages are wanted, too.</param>
    public void Begin(bool names) => (_names, _values) = (names, 0);

    bool IFieldSink.BeginLayer(in LayerEntry entry)
    {
        if (entry.HeaderLength == 0 || entry.IsQuoted)
        {
            return false;
        }

        if (_names && entry.Layer >= OsiLayer.Session && entry.Protocol != DataProtocol.Value)
        {
            Append(entry.Protocol.Utf8Name);
        }

        return entry.Protocol.HasSummary;
    }

    bool IFieldSink.Wants(Field field) => field.IsInSummary;

    void IFieldSink.Number(Field field, long value, int offset, int length)
    {
        if (field.IsInSummary && Next())
        {
            AppendNumber(field, value);
        }
    }

    void IFieldSink.Numbers(Field field, ReadOnlySpan<int> values, int offset, int length)
    {
        if (!field.IsInSummary || values.IsEmpty || !Next())
        {
            return;
        }

        text.Append(field.Utf8);
        text.Append((byte)'=');
        for (int i = 0; i < values.Length && i < MaxValues; i++)
        {
            if (i > 0)
            {
                text.Append((byte)',');
            }

            AppendNumber(field, field.Kind == FieldKind.Number ? (uint)values[i] : values[i]);
        }
    }

    void IFieldSink.Text(Field field, ReadOnlySpan<byte> value, int offset, int length)
    {
        if (field.IsInSummary && Next())
        {
            AppendText(value);
        }
    }

    void IFieldSink.Text(Field field, string value, int offset, int length)
    {
        if (field.IsInSummary && Next())
        {
            AppendText(value);
        }
    }

    void IFieldSink.Texts(Field field, IReadOnlyList<string> values, int offset, int length)
    {
        if (field.IsInSummary && values.Count > 0 && Next())
        {
            AppendText(values.Count == 1 ? values[0] : string.Join(", ", values.Take(MaxValues)));
        }
    }

    void IFieldSink.Mac(Field field, ReadOnlySpan<byte> address, int offset)
    {
        if (field.IsInSummary && Next())
        {
            text.Advance(AddressText.Mac(address, text.GetSpan(3 * address.Length)));
        }
    }

    void IFieldSink.Ip(Field field, ReadOnlySpan<byte> address, int offset)
    {
        if (field.IsInSummary && Next())
        {
            text.Advance(AddressText.Ip(address, text.GetSpan(AddressText.MaxLength)));
        }
    }

    private bool Next()
    {
        if (_values > MaxValues)
        {
            return false;
        }

        Append(_values++ == MaxValues ? "…"u8 : default);
        return _values <= MaxValues;
    }

    private void Append(ReadOnlySpan<byte> word)
    {
        text.Append((byte)' ');
        text.Append(word);
    }

    // Codes of three digits are known by their number, such as HTTP's; other numbers by their name, where they have one.
    private void AppendNumber(Field field, long value)
    {
        if (field.Kind == FieldKind.Duration)
        {
            FieldText.Append(text, field.Kind, value, default);
            return;
        }

        string? name = field.Names?.Invoke(value);
        if (name is null || value >= 100)
        {
            FieldText.Append(text, field.Kind, value, default);
        }

        if (name is not null)
        {
            text.Append(value >= 100 ? " " : "");
            AppendText(name);
        }
    }

    private void AppendText(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= MaxText && utf8.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) < 0)
        {
            text.Append(utf8);
            return;
        }

        // Enough for so many characters, whatever they are.
        AppendText(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 4 * MaxText)]));
    }

    private void AppendText(string value)
    {
        string shown = VisibleText.Of(value);
        if (shown.Length <= MaxText)
        {
            text.Append(shown);
            return;
        }

        int end = char.IsHighSurrogate(shown[MaxText - 2]) ? MaxText - 2 : MaxText - 1;
        text.Append(shown[..end]);
        text.Append("…"u8);
    }
}
