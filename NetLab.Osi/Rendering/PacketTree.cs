using System.Globalization;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Rendering;

/// <summary>A decoded packet as a tree, layer by layer; layers that no bytes play are shown as absent.</summary>
public sealed class PacketTree : IFieldSink
{
    private readonly TextWriter _output;
    private readonly int? _onlyLayer;
    private int _shown;
    private int _indent;
    private bool _skipping;

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

    void IFieldSink.BeginLayer(string protocol, in LayerEntry entry)
    {
        int layer = (int)entry.Layer;
        while (_shown < layer - 1)
        {
            ShowAbsent(++_shown);
        }

        _skipping = _onlyLayer is { } only && only != layer;
        if (!_skipping)
        {
            Highlight?.Invoke(entry.Layer, true);
            _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {layer} {NameOf(entry.Layer)}: {protocol}{Range(entry)}"));
            Highlight?.Invoke(entry.Layer, false);
        }

        _shown = Math.Max(_shown, layer);
        _indent = 6;
    }

    void IFieldSink.EndLayer()
    {
    }

    void IFieldSink.Number(string name, long value, int offset, int length, string? meaning) =>
        Line(name, value.ToString(CultureInfo.InvariantCulture) + (meaning is null ? "" : $" ({meaning})"));

    void IFieldSink.Text(string name, string value, int offset, int length) => Line(name, value);

    void IFieldSink.Flag(string name, bool value, int offset, int length) => Line(name, value ? "yes" : "no");

    void IFieldSink.Numbers(string name, IReadOnlyList<int> values, int offset, int length)
    {
        if (values.Count > 0)
        {
            Line(name, string.Join(", ", values));
        }
    }

    void IFieldSink.BeginList(string name)
    {
        Line(name, null);
        _indent += 2;
    }

    void IFieldSink.BeginItem() => _indent += 2;

    void IFieldSink.EndItem() => _indent -= 2;

    void IFieldSink.EndList() => _indent -= 2;

    private static string NameOf(OsiLayer layer) => layer == OsiLayer.DataLink ? "data link" : layer.ToString().ToLowerInvariant();

    private static string Range(in LayerEntry entry) =>
        entry.HeaderLength == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  [{entry.Offset}..{entry.Offset + entry.HeaderLength}]");

    // A value of a packet may hold anything: what a terminal would obey is shown instead.
    private static string Printable(string value) =>
        value.Any(char.IsControl) ? string.Concat(value.Select(c => char.IsControl(c) ? $"\\x{(int)c:x2}" : c.ToString())) : value;

    private void Line(string name, string? value)
    {
        if (!_skipping)
        {
            _output.WriteLine($"{new string(' ', _indent)}{name}:{(value is null ? "" : $" {Printable(value)}")}");
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
