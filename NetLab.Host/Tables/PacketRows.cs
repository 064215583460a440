using NetLab.Osi.Captures;
using NetLab.Osi.Protocols;
using NetLab.Osi.Queries;

namespace NetLab.Host.Tables;

/// <summary>The table <c>packets</c>: a row a packet, its headers in columns named as filters name fields.</summary>
internal sealed class PacketRows : TableRows
{
    /// <summary>The columns when no others are chosen.</summary>
    public static readonly IReadOnlyList<string> DefaultColumns =
    [
        "frame.number", "frame.time", "frame.len", "frame.cap_len", "frame.interface_name", "frame.protocols",
        "eth.src", "eth.dst", "vlan.id",
        "ip.src", "ip.dst", "ip.proto", "ip.ttl", "ip.id", "ip.dsfield.dscp", "ip.dsfield.ecn", "ip.frag_offset",
        "ipv6.src", "ipv6.dst", "ipv6.nxt", "ipv6.hlim",
        "tcp.stream", "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.seq", "tcp.ack", "tcp.len", "tcp.window_size",
        "tcp.analysis.retransmission", "tcp.analysis.out_of_order", "tcp.analysis.lost_segment", "tcp.analysis.duplicate_ack",
        "tcp.analysis.zero_window", "tcp.analysis.ack_rtt",
        "udp.stream", "udp.srcport", "udp.dstport", "icmp.type", "icmp.code",
    ];

    private static readonly string[] Ports = ["tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport"];

    private readonly FieldColumn[][] _fields;
    private readonly TextColumn _file;
    private readonly ValueColumn<long> _offset;

    /// <summary>Makes empty rows.</summary>
    /// <param name="fields">The columns.</param>
    /// <param name="texts">The texts of addresses.</param>
    public PacketRows(IReadOnlyList<Field> fields, AddressTexts texts)
    {
        _fields = new FieldColumn[fields.Count][];
        for (int i = 0; i < fields.Count; i++)
        {
            bool isAddress = fields[i].Kind is FieldKind.Ipv4 or FieldKind.Ipv6 or FieldKind.Ip;
            bool isRepeated = FieldColumn.IsRepeated(fields[i]);
            var field = FieldColumn.Of(fields[i], i, texts, isRepeated, hasBloomFilter: isAddress || Ports.Contains(fields[i].FilterName));
            _fields[i] = isAddress && !isRepeated ? [field, FieldColumn.BytesOf(fields[i], i, texts)] : [field];
            foreach (FieldColumn column in _fields[i])
            {
                Column(column.Column);
            }
        }

        _file = Column(new TextColumn("frame.file"));
        _offset = Column(new ValueColumn<long>("frame.offset") { IsGrowing = true });
    }

    /// <summary>The fields that are columns.</summary>
    /// <param name="chosen">Those that a command line names; null for the usual ones.</param>
    /// <param name="registry">Where they are found.</param>
    public static IReadOnlyList<Field> FieldsOf(IReadOnlyList<Field>? chosen, ProtocolRegistry registry)
    {
        return [.. (chosen ?? DefaultColumns.Select(Find)).DistinctBy(f => f.FilterName)];

        Field Find(string name) => registry.TryFindField(name, out Field? field) ? field : throw new InvalidOperationException($"there is no field {name}");
    }

    /// <summary>Puts a packet into the columns; the row is to be ended.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="fields">Its fields: the columns, and others behind them.</param>
    /// <param name="file">The name of its file.</param>
    public void Add(in CapturedPacket packet, PacketFields fields, string file)
    {
        foreach (int source in fields.Present)
        {
            // What conversations are counted by stands behind the columns.
            if (source < _fields.Length)
            {
                foreach (FieldColumn field in _fields[source])
                {
                    field.Add(fields);
                }
            }
        }

        _file.Add(file);
        if (packet.OffsetInFile >= 0)
        {
            _offset.Add(packet.OffsetInFile);
        }
    }
}
