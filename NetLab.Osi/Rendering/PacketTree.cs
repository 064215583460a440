using System.Globalization;
using System.Text;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Rendering;

/// <summary>A decoded packet as a tree, layer by layer; layers that no bytes play are shown as absent.</summary>
public sealed class PacketTree : IFieldSink
{
    private readonly TextWriter _output;
    private readonly int? _onlyLayer;
    private int _shown;
    private int _indent;

    /// <summary>Makes a renderer.</summary>
    /// <param name="output">Where the text goes; stays the caller's.</param>
    /// <param name="onlyLayer">The only layer to show, 1 to 7; null for all.</param>
    public PacketTree(TextWriter output, int? onlyLayer = null)
    {
        _output = output;
        _onlyLayer = onlyLayer;
    }

    /// <summary>Called before a line of a layer and after it with false, so that a terminal may color it.</summary>
    public Action<OsiLayer, bool>? Highlight { get; set; }

    /// <summary>Begins a packet; its fields are told next.</summary>
    /// <param name="packet">The packet just decoded.</param>
    public void Begin(DecodedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"packet {packet.Number}  {TimeText.Of(packet.Time)}  {packet.OriginalLength} bytes"));
        _shown = 0;
    }

    /// <summary>Ends a packet: the layers above the last one are absent.</summary>
    public void End(DecodedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        while (_shown < (int)OsiLayer.Application)
        {
            ShowAbsent(++_shown);
        }

        if (packet.Stop is { } stop)
        {
            _output.WriteLine($"  stopped at layer {(int)stop.Layer}: {stop}");
        }

        _output.WriteLine();
    }

    bool IFieldSink.BeginLayer(in LayerEntry entry)
    {
        int layer = (int)entry.Layer;
        while (_shown < layer - 1)
        {
            ShowAbsent(++_shown);
        }

        _shown = Math.Max(_shown, layer);
        if (_onlyLayer is { } only && only != layer)
        {
            return false;
        }

        Highlight?.Invoke(entry.Layer, true);
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {layer} {NameOf(entry.Layer)}: {entry.Protocol.Name}{(entry.IsQuoted ? " (quoted)" : "")}{Range(entry)}"));
        Highlight?.Invoke(entry.Layer, false);
        _indent = 6;
        return true;
    }

    void IFieldSink.EndLayer()
    {
    }

    void IFieldSink.Number(Field field, long value, int offset, int length)
    {
        string text = field.Kind switch
        {
            FieldKind.Boolean => value != 0 ? "yes" : "no",
            FieldKind.Number => ((ulong)value).ToString(CultureInfo.InvariantCulture),
            FieldKind.Time or FieldKind.Date => TimeText.Of(value),
            _ => value.ToString(CultureInfo.InvariantCulture),
        };
        Line(field, field.Names?.Invoke(value) is { } meaning ? $"{text} ({meaning})" : text);
    }

    void IFieldSink.Mac(Field field, ReadOnlySpan<byte> address, int offset) => Line(field, AddressText.Mac(address));

    void IFieldSink.Ip(Field field, ReadOnlySpan<byte> address, int offset) => Line(field, AddressText.Ip(address));

    void IFieldSink.Bytes(Field field, ReadOnlySpan<byte> value, int offset) => Line(field, Convert.ToHexStringLower(value));

    void IFieldSink.Text(Field field, ReadOnlySpan<byte> value, int offset, int length) => Line(field, Encoding.UTF8.GetString(value));

    void IFieldSink.Text(Field field, string value, int offset, int length) => Line(field, value);

    void IFieldSink.Numbers(Field field, ReadOnlySpan<int> values, int offset, int length)
    {
        if (values.Length > 0)
        {
            Line(field, string.Join(", ", values.ToArray().Select(v => field.Kind == FieldKind.Number ? (uint)v : (long)v)));
        }
    }

    void IFieldSink.Texts(Field field, IReadOnlyList<string> values, int offset, int length)
    {
        if (values.Count > 0)
        {
            Line(field, string.Join(", ", values));
        }
    }

    void IFieldSink.BeginObject(Field field)
    {
        Line(field, null);
        _indent += 2;
    }

    void IFieldSink.EndObject() => _indent -= 2;

    void IFieldSink.BeginList(Field field)
    {
        Line(field, null);
        _indent += 2;
    }

    void IFieldSink.BeginItem() => _indent += 2;

    void IFieldSink.EndItem() => _indent -= 2;

    void IFieldSink.EndList() => _indent -= 2;

    private static string NameOf(OsiLayer layer) => layer == OsiLayer.DataLink ? "data link" : layer.ToString().ToLowerInvariant();

    private static string Range(in LayerEntry entry) =>
        entry.HeaderLength == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  [{entry.Offset}..{entry.Offset + entry.HeaderLength}]");

    private void Line(Field field, string? value)
    {
        if (field.Name is { } name)
        {
            _output.WriteLine($"{new string(' ', _indent)}{name}:{(value is null ? "" : $" {VisibleText.Of(value)}")}");
        }
    }

    private void ShowAbsent(int layer)
    {
        if (_onlyLayer is null || _onlyLayer == layer)
        {
            _output.WriteLine($"  {layer} {NameOf((OsiLayer)layer)}: absent");
        }
    }
}
