using System.Text;
using NetLab.Osi.Model;

namespace NetLab.Osi.Protocols;

/// <summary>
/// A protocol as one value: its name, the layer whose work it does, its fields, and how its bytes are taken apart. Made once,
/// as a static value in the protocol's file; a <see cref="ProtocolRegistry"/> says which numbers choose it.
/// </summary>
/// <remarks>A protocol on byte streams is a <c>StreamedProtocol</c>, which adds how its messages follow one another.</remarks>
public class Protocol
{
    private static int _lastNumber;

    /// <summary>Makes a protocol.</summary>
    /// <param name="name">Its name in JSON, in summaries and, if nothing else is said, in filters: lower-case ASCII, digits and underscores.</param>
    /// <param name="layer">The layer whose work it does.</param>
    /// <param name="title">Its name for people.</param>
    /// <param name="fields">All its fields.</param>
    /// <param name="dissect">Takes its header apart; null for one that only other protocols' code notes.</param>
    /// <param name="describe">Tells its fields; null when all of them stand in the header at places of their own.</param>
    /// <param name="filter">Its name in filters where Wireshark's is another.</param>
    public Protocol(string name, OsiLayer layer, string title, IReadOnlyList<Field> fields, Dissector? dissect = null, Describer? describe = null, string? filter = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(fields);
        (Name, Layer, Title, Fields, FilterName) = (name, layer, title, fields, filter ?? name);
        Id = Interlocked.Increment(ref _lastNumber);
        Utf8Name = Encoding.UTF8.GetBytes(name);
        Dissect = dissect ?? (static (in Dissection _, int _, int _) => false);
        Describe = describe ?? DescribeHeader;
        var placed = new List<Field>(fields.Count);
        foreach (Field field in fields)
        {
            // A field that several protocols list is named after the first of them.
            field.Owner ??= this;
            HasSummary |= field.IsInSummary;
            if (field.At >= 0)
            {
                placed.Add(field);
            }
        }

        HeaderFields = placed.ToArray();
    }

    /// <summary>Its name in JSON and in summaries.</summary>
    public string Name { get; }

    /// <summary>Its name in filters, where it alone means that the packet has it.</summary>
    public string FilterName { get; }

    /// <summary>Its name for people.</summary>
    public string Title { get; }

    /// <summary>The layer whose work it does.</summary>
    public OsiLayer Layer { get; }

    /// <summary>Its fields.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>Takes its header apart.</summary>
    public Dissector Dissect { get; }

    /// <summary>Tells its fields.</summary>
    public Describer Describe { get; }

    /// <summary>Whether bytes begin like one of its messages; null when only numbers choose it.</summary>
    public Recognizer? Begins { get; init; }

    /// <summary>Whether it is a header between IP and what IP carries, so that the addresses are those of the IP header before it.</summary>
    internal bool IsExtensionHeader { get; init; }

    /// <summary>A number of the protocol's own in this process, so that what looks for it finds its place without a search.</summary>
    internal int Id { get; }

    /// <summary>Whether one of its fields says what a packet is about.</summary>
    internal bool HasSummary { get; }

    internal byte[] Utf8Name { get; }

    /// <summary>Those of its fields that have a place of their own in the header.</summary>
    internal Field[] HeaderFields { get; }

    /// <summary>Tells the fields that have a place of their own in the header, as far as the header was captured.</summary>
    /// <param name="view">The packet.</param>
    /// <param name="index">Which of its layers.</param>
    /// <param name="sink">Who is told.</param>
    public void DescribeHeader(in PacketView view, int index, IFieldSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ref readonly LayerEntry entry = ref view[index];
        FieldReader.Report(HeaderFields, view.BytesOf(index), entry.Offset, sink);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
