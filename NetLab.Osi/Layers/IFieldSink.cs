namespace NetLab.Osi.Layers;

/// <summary>
/// Takes a decoded packet field by field. Each dissector tells its fields once; tree, JSON and whatever else is drawn
/// are sinks. Names are the schema's, in ASCII. Offsets and lengths are bytes of the buffer the layer was read from.
/// </summary>
public interface IFieldSink
{
    /// <summary>A protocol begins.</summary>
    /// <param name="entry">Which, and where it is.</param>
    /// <returns>Whether its fields are wanted; if not, neither they nor its end are told.</returns>
    bool BeginLayer(in LayerEntry entry);

    /// <summary>The protocol ends.</summary>
    void EndLayer();

    /// <summary>A number.</summary>
    /// <param name="name">The field's name in the schema.</param>
    /// <param name="value">Its value.</param>
    /// <param name="offset">Where it came from.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="meaning">The value in words, for people; or null.</param>
    void Number(ReadOnlySpan<byte> name, long value, int offset, int length, string? meaning = null);

    /// <summary>A truth.</summary>
    void Flag(ReadOnlySpan<byte> name, bool value, int offset, int length);

    /// <summary>A hardware address.</summary>
    void Mac(ReadOnlySpan<byte> name, ReadOnlySpan<byte> address, int offset);

    /// <summary>An IPv4 or IPv6 address: 4 or 16 bytes.</summary>
    void Ip(ReadOnlySpan<byte> name, ReadOnlySpan<byte> address, int offset);

    /// <summary>A text as its bytes stand in the packet; what is not UTF-8 of it is replaced.</summary>
    void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int offset, int length);

    /// <summary>A text.</summary>
    void Text(ReadOnlySpan<byte> name, string value, int offset, int length);

    /// <summary>A list of numbers.</summary>
    void Numbers(ReadOnlySpan<byte> name, ReadOnlySpan<int> values, int offset, int length);

    /// <summary>A list of texts.</summary>
    void Texts(ReadOnlySpan<byte> name, IReadOnlyList<string> values, int offset, int length);

    /// <summary>An object begins; its fields are told next.</summary>
    void BeginObject(ReadOnlySpan<byte> name);

    /// <summary>The object ends.</summary>
    void EndObject();

    /// <summary>A list of objects begins; each is between <see cref="BeginItem"/> and <see cref="EndItem"/>.</summary>
    void BeginList(ReadOnlySpan<byte> name);

    /// <summary>An object of the list begins.</summary>
    void BeginItem();

    /// <summary>The object ends.</summary>
    void EndItem();

    /// <summary>The list ends.</summary>
    void EndList();
}
