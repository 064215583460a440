using System.Net;
using System.Text;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests;

/// <summary>Collects fields by protocol and name, with the bytes they say they came from.</summary>
internal sealed class FieldList : IFieldSink
{
    private readonly List<Field> _fields = [];
    private LayerEntry _entry;

    public IReadOnlyList<Field> All => _fields;

    /// <summary>The value of the first field of a name such as <c>udp.checksum_ok</c>; null if there is none.</summary>
    public string? this[string name] => _fields.FirstOrDefault(f => f.Name == name)?.Value;

    public bool BeginLayer(in LayerEntry entry)
    {
        _entry = entry;
        return true;
    }

    public void Number(Osi.Protocols.Field field, long value, int offset, int length) =>
        Add(field, field.Kind == FieldKind.Boolean ? $"{value != 0}" : $"{value}", offset, length);

    public void Mac(Osi.Protocols.Field field, ReadOnlySpan<byte> address, int offset) => Add(field, Convert.ToHexStringLower(address), offset, address.Length);

    public void Ip(Osi.Protocols.Field field, ReadOnlySpan<byte> address, int offset) => Add(field, new IPAddress(address).ToString(), offset, address.Length);

    public void Text(Osi.Protocols.Field field, ReadOnlySpan<byte> value, int offset, int length) => Add(field, Encoding.UTF8.GetString(value), offset, length);

    public void Text(Osi.Protocols.Field field, string value, int offset, int length) => Add(field, value, offset, length);

    public void Numbers(Osi.Protocols.Field field, ReadOnlySpan<int> values, int offset, int length) => Add(field, string.Join(',', values.ToArray().Select(v => field.Kind == FieldKind.Number ? (uint)v : (long)v)), offset, length);

    public void Texts(Osi.Protocols.Field field, IReadOnlyList<string> values, int offset, int length) => Add(field, string.Join(',', values), offset, length);

    private void Add(Osi.Protocols.Field field, string value, int offset, int length) =>
        _fields.Add(new Field($"{_entry.Protocol.Name}.{field.Name}", value, _entry, offset, length));

    internal sealed record Field(string Name, string Value, LayerEntry Entry, int Offset, int Length);
}
