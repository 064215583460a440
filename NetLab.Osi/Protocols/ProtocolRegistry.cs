using System.Diagnostics.CodeAnalysis;

namespace NetLab.Osi.Protocols;

/// <summary>
/// The protocols a decoder knows, and what chooses each: tables of numbers, and how bytes begin. Immutable: <see cref="With(Protocol, string)"/> makes
/// another. Safe for any number of threads and decoders at once.
/// </summary>
public sealed class ProtocolRegistry
{
    private readonly List<ProtocolReference> _all;

    // In the order in which they are asked: those of the caller before those that are built in.
    private readonly ProtocolReference[] _order;
    private readonly ProtocolTable?[] _tables = new ProtocolTable?[NumberTable.All.Count];
    private readonly Lazy<ProtocolReference[]> _udpHeuristics;
    private readonly Lazy<ProtocolReference[]> _tcpHeuristics;
    private readonly Lazy<Dictionary<string, ProtocolReference>> _contentTypes;
    private readonly Lazy<FieldNames> _fields;

    /// <summary>Makes a registry of protocols; of two that a number chooses, the first is asked first.</summary>
    /// <param name="protocols">The protocols.</param>
    /// <exception cref="FormatException">A selector makes no sense.</exception>
    public ProtocolRegistry(IEnumerable<ProtocolReference> protocols)
        : this([.. protocols], [.. protocols])
    {
        foreach (ProtocolReference protocol in _order)
        {
            Check(protocol);
        }
    }

    private ProtocolRegistry(List<ProtocolReference> all, ProtocolReference[] order)
    {
        (_all, _order) = (all, order);
        _udpHeuristics = new Lazy<ProtocolReference[]>(() => HeuristicsOf("udp"));
        _tcpHeuristics = new Lazy<ProtocolReference[]>(() => HeuristicsOf("tcp"));
        _contentTypes = new Lazy<Dictionary<string, ProtocolReference>>(ReadContentTypes);
        _fields = new Lazy<FieldNames>(() => new FieldNames(_all));
    }

    /// <summary>The protocols, in the order in which they were registered.</summary>
    public IReadOnlyList<ProtocolReference> Protocols => _all;

    /// <summary>The fields of all protocols that have a name in filters, by that name.</summary>
    public IReadOnlyCollection<Field> Fields => _fields.Value.All;

    /// <summary>Those that are recognized in datagrams by how they begin, in order.</summary>
    internal ProtocolReference[] UdpHeuristics => _udpHeuristics.Value;

    /// <summary>Those that are recognized in streams by how they begin, in order.</summary>
    internal ProtocolReference[] TcpHeuristics => _tcpHeuristics.Value;

    /// <summary>Whether the caller registered ports, so that they are looked at before what bytes say.</summary>
    internal bool HasOwnPorts { get; private init; }

    /// <summary>A registry of rows that were checked before: their selectors are read when the first number of their table is looked up.</summary>
    internal static ProtocolRegistry OfChecked(ProtocolReference[] protocols) => new([.. protocols], protocols);

    /// <summary>The registry with one more protocol, which goes before those that its selectors chose so far.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="selectors">
    /// What chooses it, separated by blanks: <c>udp.port==5301</c>, <c>tcp.port==80,8000-8010</c>, <c>eth.type==0x88b5</c>, <c>ip.proto==253</c>,
    /// <c>link.type==147</c>, <c>media_type==application/x-lab</c>; <c>udp</c> or <c>tcp</c> alone when its <see cref="Protocol.Begins"/> recognizes it.
    /// </param>
    /// <exception cref="FormatException">A selector makes no sense; the message says which word.</exception>
    public ProtocolRegistry With(Protocol protocol, string selectors)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(selectors);
        var reference = new ProtocolReference(protocol, selectors);
        bool choosesPorts = Check(reference);
        var all = new List<ProtocolReference>(_all);
        if (!all.Exists(r => r.Name == protocol.Name))
        {
            all.Insert(0, reference);
        }

        return new ProtocolRegistry(all, [reference, .. _order]) { HasOwnPorts = HasOwnPorts || choosesPorts };
    }

    /// <summary>The registry in which a number chooses a protocol that it knows: <c>udp.port==5301,dns</c>.</summary>
    /// <param name="rule">A selector, a comma, the protocol's name.</param>
    /// <exception cref="FormatException">The rule makes no sense; the message says why.</exception>
    public ProtocolRegistry WithRule(string rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        int comma = rule.LastIndexOf(',');
        if (comma < 0 || !rule.Contains("==", StringComparison.Ordinal))
        {
            throw new FormatException("a rule looks like udp.port==5301,dns");
        }

        string name = rule[(comma + 1)..].Trim();
        return With((FindProtocol(name) ?? throw new FormatException($"there is no protocol '{name}'")).Protocol, rule[..comma]);
    }

    /// <summary>The protocol of a name, ours or Wireshark's; null if there is none.</summary>
    public ProtocolReference? FindProtocol(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _all.Find(r => r.Name == name) ?? _all.Find(r => r.MayOwn(name) && r.Protocol.FilterName == name);
    }

    /// <summary>The field of a name in filters.</summary>
    public bool TryFindField(string name, [NotNullWhen(true)] out Field? field)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (ProtocolReference reference in _all)
        {
            // Most names begin with their protocol's: only that protocol is made.
            if (reference.MayOwn(name) && reference.Protocol.Fields.FirstOrDefault(f => f.FilterName == name) is { } found)
            {
                field = found;
                return true;
            }
        }

        return _fields.Value.TryFind(name, out field);
    }

    /// <summary>The name of a field or a protocol in filters that is spelled most like another; null if none is near.</summary>
    public string? NearestField(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return NearestName.Of(name, Fields.Select(f => f.FilterName!).Concat(_all.Select(p => p.Protocol.FilterName)));
    }

    /// <summary>The protocol that a kind of content chooses (RFC 9110, 8.3), parameters left out; null if none does.</summary>
    internal ProtocolReference? FindContentType(string type) =>
        _contentTypes.Value.Count == 0 ? null : _contentTypes.Value.GetValueOrDefault(type.Split(';')[0].Trim());

    /// <summary>Who takes a number's bytes; null if nobody does.</summary>
    internal ProtocolRow? Find(NumberTable table, long number) => (_tables[table.Index] ?? Read(table)).Find(number);

    // Several threads may do it at once: each makes the same table, and one of them stays.
    private ProtocolTable Read(NumberTable table)
    {
        var rows = new ProtocolTable();
        foreach (ProtocolReference protocol in _order)
        {
            if (!SelectorReader.MayName(protocol.Selectors, table))
            {
                continue;
            }

            var selectors = new SelectorReader(protocol.Selectors);
            while (selectors.MoveNext())
            {
                if (selectors.Table == table)
                {
                    rows.Add(protocol, selectors.First, selectors.Last);
                }
            }
        }

        Volatile.Write(ref _tables[table.Index], rows);
        return rows;
    }

    private ProtocolReference[] HeuristicsOf(string transport)
    {
        var found = new List<ProtocolReference>();
        foreach (ProtocolReference protocol in _order)
        {
            var selectors = new SelectorReader(protocol.Begins is null ? "" : protocol.Selectors);
            while (selectors.MoveNext())
            {
                if (selectors.IsHeuristic && selectors.Text.SequenceEqual(transport))
                {
                    found.Add(protocol);
                }
            }
        }

        return [.. found];
    }

    private Dictionary<string, ProtocolReference> ReadContentTypes()
    {
        var types = new Dictionary<string, ProtocolReference>(StringComparer.OrdinalIgnoreCase);
        foreach (ProtocolReference protocol in _order)
        {
            var selectors = new SelectorReader(protocol.Selectors);
            while (selectors.MoveNext())
            {
                if (selectors.IsContentType)
                {
                    types.TryAdd(selectors.Text.ToString(), protocol);
                }
            }
        }

        return types;
    }

    // Whether its selectors name ports; what makes no sense of them is thrown.
    private static bool Check(ProtocolReference protocol)
    {
        bool choosesPorts = false;
        var selectors = new SelectorReader(protocol.Selectors);
        while (selectors.MoveNext())
        {
            if (selectors.IsHeuristic && protocol.Begins is null)
            {
                throw new FormatException($"protocol {protocol.Name} cannot say how it begins, so that '{protocol.Selectors}' cannot choose it by that");
            }

            choosesPorts |= selectors.Table == NumberTable.UdpPort || selectors.Table == NumberTable.TcpPort;
        }

        return choosesPorts;
    }
}
