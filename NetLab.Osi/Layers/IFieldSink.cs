namespace NetLab.Osi.Layers;

/// <summary>
/// Takes a decoded packet field by field. Each dissector tells its fields once; tree, JSON and whatever else is drawn
/// are sinks. Offsets and lengths are bytes of the packet the value came from.
/// </summary>
public interface IFieldSink
{
    /// <summary>A protocol begins.</summary>
    /// <param name="protocol">Its name in the schema, such as <c>tcp</c>.</param>
    /// <param name="entry">Where it is.</param>
    void BeginLayer(string protocol, in LayerEntry entry);

    /// <summary>The protocol ends.</summary>
    void EndLayer();

    /// <summary>A number.</summary>
    /// <param name="name">The field's name in the schema.</param>
    /// <param name="value">Its value.</param>
    /// <param name="offset">Where it came from.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="meaning">The value in words, for people; or null.</param>
    void Number(string name, long value, int offset, int length, string? meaning = null);

    /// <summary>A text.</summary>
    void Text(string name, string value, int offset, int length);

    /// <summary>A truth.</summary>
    void Flag(string name, bool value, int offset, int length);

    /// <summary>A list of numbers.</summary>
    void Numbers(string name, IReadOnlyList<int> values, int offset, int length);

    /// <summary>A list of objects begins; each is between <see cref="BeginItem"/> and <see cref="EndItem"/>.</summary>
    void BeginList(string name);

    /// <summary>An object of the list begins.</summary>
    void BeginItem();

    /// <summary>The object ends.</summary>
    void EndItem();

    /// <summary>The list ends.</summary>
    void EndList();
}
