using System.Net;
using System.Text;
using NetLab.Osi.Layers;

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

    public void EndLayer()
    {
    }

    public void Number(ReadOnlySpan<byte> name, long value, int offset, int length, string? meaning = null) => Add(name, $"{value}", offset, length);

    public void Flag(ReadOnlySpan<byte> name, bool value, int offset, int length) => Add(name, $"{value}", offset, length);

    public void Mac(ReadOnlySpan<byte> name, ReadOnlySpan<byte> address, int offset) => Add(name, Convert.ToHexStringLower(address), offset, address.Length);

    public void Ip(ReadOnlySpan<byte> name, ReadOnlySpan<byte> address, int offset) => Add(name, new IPAddress(address).ToString(), offset, address.Length);

    public void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int offset, int length) => Add(name, Encoding.UTF8.GetString(value), offset, length);

    public void Text(ReadOnlySpan<byte> name, string value, int offset, int length) => Add(name, value, offset, length);

    public void Numbers(ReadOnlySpan<byte> name, ReadOnlySpan<int> values, int offset, int length) => Add(name, string.Join(',', values.ToArray()), offset, length);

    public void Texts(ReadOnlySpan<byte> name, IReadOnlyList<string> values, int offset, int length) => Add(name, string.Join(',', values), offset, length);

    public void BeginObject(ReadOnlySpan<byte> name)
    {
    }

    public void EndObject()
    {
    }

    public void BeginList(ReadOnlySpan<byte> name)
    {
    }

    public void BeginItem()
    {
    }

    public void EndItem()
    {
    }

    public void EndList()
    {
    }

    private void Add(ReadOnlySpan<byte> name, string value, int offset, int length) =>
        _fields.Add(new Field($"{ProtocolNames.Of(_entry.Protocol)}.{Encoding.UTF8.GetString(name)}", value, _entry, offset, length));

    internal sealed record Field(string Name, string Value, LayerEntry Entry, int Offset, int Length);
}
