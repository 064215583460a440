namespace NetLab.Osi.Protocols;

/// <summary>
/// Takes a decoded packet field by field. Each protocol tells its fields once; tree, JSON, filter, columns and whatever else
/// is drawn are sinks. Every member but <see cref="Number"/> and the two texts has a default, so that a sink implements what
/// it looks at. Offsets and lengths are bytes of the buffer the layer was read from.
/// </summary>
public interface IFieldSink
{
    /// <summary>Whether fields that JSON has no name for (<see cref="Field.Name"/> is null) are wanted, too: by filters and columns.</summary>
    bool WantsHidden => false;

    /// <summary>A protocol begins.</summary>
    /// <param name="entry">Which, and where it is.</param>
    /// <returns>Whether its fields are wanted; if not, neither they nor its end are told.</returns>
    bool BeginLayer(in LayerEntry entry) => true;

    /// <summary>The protocol ends.</summary>
    void EndLayer()
    {
    }

    /// <summary>Whether a field is wanted: asked before a value that costs something is computed.</summary>
    bool Wants(Field field) => field.Name is not null || WantsHidden;

    /// <summary>A number, a truth (0 or 1), a time or a duration: <see cref="Field.Kind"/> says which.</summary>
    /// <param name="field">The field.</param>
    /// <param name="value">Its value.</param>
    /// <param name="offset">Where it came from.</param>
    /// <param name="length">How many bytes.</param>
    void Number(Field field, long value, int offset, int length);

    /// <summary>A text as its bytes stand in the packet; what is not UTF-8 of it is replaced.</summary>
    void Text(Field field, ReadOnlySpan<byte> value, int offset, int length);

    /// <summary>A text.</summary>
    void Text(Field field, string value, int offset, int length);

    /// <summary>A truth.</summary>
    void Flag(Field field, bool value, int offset, int length) => Number(field, value ? 1 : 0, offset, length);

    /// <summary>A hardware address.</summary>
    void Mac(Field field, ReadOnlySpan<byte> address, int offset) => Bytes(field, address, offset);

    /// <summary>An IPv4 or IPv6 address: 4 or 16 bytes.</summary>
    void Ip(Field field, ReadOnlySpan<byte> address, int offset) => Bytes(field, address, offset);

    /// <summary>Bytes.</summary>
    void Bytes(Field field, ReadOnlySpan<byte> value, int offset) => Text(field, Convert.ToHexStringLower(value), offset, value.Length);

    /// <summary>A number with a fraction.</summary>
    void Real(Field field, double value, int offset, int length) =>
        Text(field, value.ToString(System.Globalization.CultureInfo.InvariantCulture), offset, length);

    /// <summary>A list of numbers of 32 bits; those of a <see cref="FieldKind.Number"/> have no sign.</summary>
    void Numbers(Field field, ReadOnlySpan<int> values, int offset, int length)
    {
        ArgumentNullException.ThrowIfNull(field);
        foreach (int value in values)
        {
            Number(field, field.Kind == FieldKind.Number ? (uint)value : value, offset, length);
        }
    }

    /// <summary>A list of texts.</summary>
    void Texts(Field field, IReadOnlyList<string> values, int offset, int length)
    {
        foreach (string value in values)
        {
            Text(field, value, offset, length);
        }
    }

    /// <summary>An object begins; its fields are told next.</summary>
    void BeginObject(Field field)
    {
    }

    /// <summary>The object ends.</summary>
    void EndObject()
    {
    }

    /// <summary>A list of objects begins; each is between <see cref="BeginItem"/> and <see cref="EndItem"/>.</summary>
    void BeginList(Field field)
    {
    }

    /// <summary>An object of the list begins.</summary>
    void BeginItem()
    {
    }

    /// <summary>The object ends.</summary>
    void EndItem()
    {
    }

    /// <summary>The list ends.</summary>
    void EndList()
    {
    }
}
