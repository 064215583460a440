using NetLab.Osi.Protocols;
using NetLab.Osi.Queries;

namespace NetLab.Host.Tables;

/// <summary>The table of a protocol above transport: a row for each time that a packet has the protocol, whose fields are the columns.</summary>
internal sealed class MessageRows : TableRows
{
    // Which packet and conversation a message is of: the columns that the table packets has as well.
    private static readonly string[] Keys =
        ["frame.number", "frame.time", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.stream", "tcp.srcport", "tcp.dstport", "udp.stream", "udp.srcport", "udp.dstport"];

    private readonly FieldColumn[] _fields;
    private readonly int _keys;
    private readonly FileNameColumn? _file;

    /// <summary>Makes empty rows.</summary>
    /// <param name="fields">What <see cref="FieldsOf"/> says.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="texts">The texts of addresses.</param>
    /// <param name="file">The capture that all are of, which has a column then; or null.</param>
    public MessageRows(IReadOnlyList<Field> fields, Protocol protocol, AddressTexts texts, string? file = null)
    {
        _file = FileNameColumn.Of(this, file);
        _keys = fields.Count - OwnFields(protocol).Count();
        _fields = new FieldColumn[fields.Count];
        for (int i = 0; i < fields.Count; i++)
        {
            _fields[i] = FieldColumn.Of(fields[i], i, texts, isList: i >= _keys && FieldColumn.IsRepeated(fields[i]));
            Column(_fields[i].Column);
        }
    }

    /// <summary>The fields of the table of a protocol.</summary>
    public static IReadOnlyList<Field> FieldsOf(Protocol protocol, ProtocolRegistry registry)
    {
        var fields = new List<Field>();
        foreach (string key in Keys)
        {
            if (registry.TryFindField(key, out Field? field))
            {
                fields.Add(field);
            }
        }

        fields.AddRange(OwnFields(protocol));
        return fields;
    }

    /// <summary>Puts a message into the columns; the row is to be ended.</summary>
    /// <param name="fields">The packet.</param>
    /// <param name="layer">Which of the packet's layers the message is.</param>
    public void Add(PacketFields fields, int layer)
    {
        _file?.Add();
        foreach (int source in fields.Present)
        {
            _fields[source].Add(fields, source < _keys ? -1 : layer);
        }
    }

    // What a message carries is left to the capture; and of fields of one name, the first stands for all.
    private static IEnumerable<Field> OwnFields(Protocol protocol) => protocol.Fields
        .Where(f => f.FilterName is not null && f.Members.Count == 0 && !Keys.Contains(f.FilterName) && f.Kind != FieldKind.Group && !IsContent(f))
        .DistinctBy(f => f.FilterName, StringComparer.OrdinalIgnoreCase);

    private static bool IsContent(Field field) =>
        field.Kind == FieldKind.Bytes && (field.FilterName!.EndsWith("data", StringComparison.Ordinal) || field.FilterName.EndsWith("payload", StringComparison.Ordinal));
}
