using System.Diagnostics.CodeAnalysis;

namespace NetLab.Osi.Protocols;

/// <summary>The fields of a registry's protocols by their names in filters; to make it makes all protocols.</summary>
internal sealed class FieldNames
{
    private readonly SortedDictionary<string, Field> _byName = new(StringComparer.Ordinal);

    public FieldNames(IEnumerable<ProtocolReference> protocols)
    {
        foreach (Field field in protocols.SelectMany(r => r.Protocol.Fields))
        {
            if (field.FilterName is { } name)
            {
                _byName.TryAdd(name, field);
            }
        }
    }

    public IReadOnlyCollection<Field> All => _byName.Values;

    public bool TryFind(string name, [NotNullWhen(true)] out Field? field) => _byName.TryGetValue(name, out field);
}
