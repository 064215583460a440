using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Host.Page;

/// <summary>The fields of a packet with the bytes they came from, and for each the filter that finds it again.</summary>
internal sealed class FrameFields(Utf8JsonWriter json) : IFieldSink
{
    // What a person reads of one value; the bytes beside it have the rest.
    private const int MaxText = 2000;

    private const int MaxBytes = 96;

    // Beyond it a text is known by its beginning.
    private const int MaxLiteral = 200;
    private bool _isOpen;

    bool IFieldSink.WantsHidden => true;

    bool IFieldSink.BeginLayer(in LayerEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("proto", entry.Protocol.Name);
        json.WriteString("title", entry.Protocol.Title);
        json.WriteNumber("osi", (int)entry.Layer);
        json.WriteString("filter", entry.Protocol.FilterName);
        json.WriteNumber("buffer", entry.Buffer);
        json.WriteNumber("at", entry.Offset);
        json.WriteNumber("header", entry.HeaderLength);
        json.WriteNumber("length", entry.Length);
        if (entry.IsQuoted)
        {
            json.WriteBoolean("quoted", true);
        }

        if (entry.IsPart)
        {
            json.WriteBoolean("part", true);
        }

        json.WriteStartArray("fields");
        _isOpen = true;
        return true;
    }

    void IFieldSink.EndLayer()
    {
        json.WriteEndArray();
        json.WriteEndObject();
        _isOpen = false;
    }

    void IFieldSink.Number(Field field, long value, int offset, int length)
    {
        string text = field.Kind switch
        {
            FieldKind.Boolean => value != 0 ? "yes" : "no",
            FieldKind.Number => ((ulong)value).ToString(CultureInfo.InvariantCulture),
            FieldKind.Time => TimeOf(value),
            FieldKind.Duration => Seconds(value) + " s",
            FieldKind.Mark => "",
            _ => value.ToString(CultureInfo.InvariantCulture),
        };
        string? literal = field.Kind switch
        {
            FieldKind.Boolean => value != 0 ? "1" : "0",
            FieldKind.Number => text,
            FieldKind.SignedNumber => text,
            FieldKind.Duration => Seconds(value),
            _ => null,
        };
        Write(field, text, literal, offset, length, field.Names?.Invoke(value));
    }

    void IFieldSink.Real(Field field, double value, int offset, int length)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        Write(field, text, double.IsFinite(value) ? text : null, offset, length);
    }

    void IFieldSink.Mac(Field field, ReadOnlySpan<byte> address, int offset) => WriteBytes(field, address, offset);

    void IFieldSink.Ip(Field field, ReadOnlySpan<byte> address, int offset)
    {
        string text = new IPAddress(address).ToString();
        Write(field, text, text, offset, address.Length);
    }

    void IFieldSink.Bytes(Field field, ReadOnlySpan<byte> value, int offset) => WriteBytes(field, value, offset);

    void IFieldSink.Text(Field field, ReadOnlySpan<byte> value, int offset, int length) => WriteText(field, Encoding.UTF8.GetString(value), offset, length);

    void IFieldSink.Text(Field field, string value, int offset, int length) => WriteText(field, value, offset, length);

    void IFieldSink.BeginObject(Field field) => BeginGroup(field, isList: false);

    void IFieldSink.EndObject() => EndGroup();

    void IFieldSink.BeginList(Field field) => BeginGroup(field, isList: true);

    void IFieldSink.BeginItem()
    {
        json.WriteStartObject();
        json.WriteStartArray("fields");
    }

    void IFieldSink.EndItem() => EndGroup();

    void IFieldSink.EndList() => EndGroup();

    private static string TimeOf(long nanoseconds)
    {
        DateTime second = DateTime.UnixEpoch.AddSeconds(Math.DivRem(nanoseconds, 1_000_000_000, out long rest) - (rest < 0 ? 1 : 0));
        return string.Create(CultureInfo.InvariantCulture, $"{second:yyyy-MM-dd HH:mm:ss}.{(rest < 0 ? rest + 1_000_000_000 : rest):d9} UTC");
    }

    private static string Seconds(long nanoseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{(nanoseconds < 0 ? "-" : "")}{Math.Abs((decimal)nanoseconds) / 1_000_000_000m:0.000000000}");

    private static string? Quoted(string text)
    {
        if (text.Length > MaxLiteral || text.Contains('\uFFFD', StringComparison.Ordinal))
        {
            return null;
        }

        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c > '\x7E' || c < ' ')
            {
                // Written byte by byte, which is how the text stands in the packet.
                foreach (byte b in Encoding.UTF8.GetBytes([c]))
                {
                    quoted.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
                }
            }
            else
            {
                quoted.Append(c is '"' or '\\' ? $"\\{c}" : c.ToString());
            }
        }

        return quoted.Append('"').ToString();
    }

    private void WriteBytes(Field field, ReadOnlySpan<byte> value, int offset)
    {
        string text = string.Join(':', Convert.ToHexStringLower(value[..Math.Min(value.Length, MaxBytes)]).Chunk(2).Select(b => new string(b)));
        Write(field, value.Length > MaxBytes ? text + "…" : text, value.Length is >= 2 and <= 64 ? text : null, offset, value.Length);
    }

    private void WriteText(Field field, string value, int offset, int length)
    {
        string shown = value.Length > MaxText ? string.Concat(value.AsSpan(0, MaxText - 1), "…") : value;
        Write(field, VisibleText.Of(shown), Quoted(value), offset, length);
    }

    private void Write(Field field, string text, string? literal, int offset, int length, string? meaning = null)
    {
        if (!_isOpen || (field.Name is null && field.FilterName is null))
        {
            return;
        }

        json.WriteStartObject();
        WriteNames(field);
        json.WriteString("value", text);
        if (meaning is not null)
        {
            json.WriteString("meaning", VisibleText.Of(meaning));
        }

        if (length > 0)
        {
            json.WriteNumber("at", offset);
            json.WriteNumber("length", length);
        }

        if (field.FilterName is { } name)
        {
            string expression = literal is null ? name : $"{name} == {literal}";
            json.WriteString("find", literal is null || DisplayFilter.TryParse(expression, null, out _, out _) ? expression : name);
        }

        json.WriteEndObject();
    }

    private void BeginGroup(Field field, bool isList)
    {
        json.WriteStartObject();
        WriteNames(field);
        if (isList)
        {
            json.WriteBoolean("list", true);
        }

        json.WriteStartArray("fields");
    }

    private void EndGroup()
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteNames(Field field)
    {
        // One that JSON has no name for is shown by its name in filters.
        json.WriteString("name", field.Name ?? field.FilterName);
        if (field.FilterName is not null)
        {
            json.WriteString("filter", field.FilterName);
        }

        if (field.Name is null)
        {
            json.WriteBoolean("hidden", true);
        }

        if (field.About.Length > 0)
        {
            json.WriteString("about", field.About);
        }
    }
}
