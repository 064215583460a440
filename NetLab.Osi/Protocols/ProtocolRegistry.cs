using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NetLab.Osi.Protocols;

/// <summary>
/// The protocols a decoder knows, and what chooses each: tables of numbers, and how bytes begin. Immutable: <see cref="With(Protocol, string)"/> makes
/// another. Safe for any number of threads and decoders at once.
/// </summary>
public sealed class ProtocolRegistry
{
    private const int PageSize = 256;

    // [table][number / 256][number % 256]; numbers beyond 16 bits are few and stand in a dictionary.
    private readonly ProtocolRow?[]?[]?[] _tables;
    private readonly Dictionary<(int Table, long Number), ProtocolRow> _large;
    private readonly Dictionary<string, ProtocolReference> _contentTypes;
    private readonly List<ProtocolReference> _all;
    private readonly Lazy<FieldNames> _fields;

    /// <summary>Makes a registry of protocols; of two that a number chooses, the first is asked first.</summary>
    /// <param name="protocols">The protocols.</param>
    /// <exception cref="FormatException">A selector makes no sense.</exception>
    public ProtocolRegistry(IEnumerable<ProtocolReference> protocols)
        : this(new ProtocolRow?[]?[]?[NumberTable.All.Count], [], new(StringComparer.OrdinalIgnoreCase), [], [], [])
    {
        ArgumentNullException.ThrowIfNull(protocols);
        var heuristics = (Udp: new List<ProtocolReference>(), Tcp: new List<ProtocolReference>());
        foreach (ProtocolReference protocol in protocols)
        {
            _all.Add(protocol);
            foreach (Selector selector in Selector.ParseAll(protocol.Selectors))
            {
                Add(protocol, selector, first: false, heuristics);
            }
        }

        (UdpHeuristics, TcpHeuristics) = ([.. heuristics.Udp], [.. heuristics.Tcp]);
    }

    private ProtocolRegistry(
        ProtocolRow?[]?[]?[] tables, Dictionary<(int Table, long Number), ProtocolRow> large, Dictionary<string, ProtocolReference> contentTypes,
        List<ProtocolReference> all, ProtocolReference[] udp, ProtocolReference[] tcp)
    {
        (_tables, _large, _contentTypes, _all, UdpHeuristics, TcpHeuristics) = (tables, large, contentTypes, all, udp, tcp);
        _fields = new Lazy<FieldNames>(() => new FieldNames(_all));
    }

    /// <summary>The protocols, in the order in which they were registered.</summary>
    public IReadOnlyList<ProtocolReference> Protocols => _all;

    /// <summary>The fields of all protocols that have a name in filters, by that name.</summary>
    public IReadOnlyCollection<Field> Fields => _fields.Value.All;

    /// <summary>Those that are recognized in datagrams by how they begin, in order.</summary>
    internal ProtocolReference[] UdpHeuristics { get; private init; }

    /// <summary>Those that are recognized in streams by how they begin, in order.</summary>
    internal ProtocolReference[] TcpHeuristics { get; private init; }

    /// <summary>Whether the caller registered ports, so that they are looked at before what bytes say.</summary>
    internal bool HasOwnPorts { get; private init; }

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
        List<Selector> parsed = Selector.ParseAll(selectors);
        if (protocol.Begins is null && parsed.Exists(s => s.IsHeuristic))
        {
            throw new FormatException($"protocol {protocol.Name} cannot say how it begins, so that '{selectors}' cannot choose it by that");
        }

        var heuristics = (Udp: new List<ProtocolReference>(), Tcp: new List<ProtocolReference>());
        var all = new List<ProtocolReference>(_all);
        if (!all.Exists(r => r.Name == protocol.Name))
        {
            all.Insert(0, reference);
        }

        var result = new ProtocolRegistry(
            [.. _tables.Select(t => t is null ? null : (ProtocolRow?[]?[])[.. t.Select(p => p is null ? null : (ProtocolRow?[])[.. p])])],
            new(_large), new(_contentTypes, StringComparer.OrdinalIgnoreCase), all, UdpHeuristics, TcpHeuristics);
        foreach (Selector selector in parsed)
        {
            result.Add(reference, selector, first: true, heuristics);
        }

        return new ProtocolRegistry(result._tables, result._large, result._contentTypes, all, [.. heuristics.Udp, .. UdpHeuristics], [.. heuristics.Tcp, .. TcpHeuristics])
        {
            HasOwnPorts = HasOwnPorts || parsed.Exists(s => s.Table == NumberTable.UdpPort || s.Table == NumberTable.TcpPort),
        };
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
    internal ProtocolReference? FindContentType(string type) => _contentTypes.Count == 0 ? null : _contentTypes.GetValueOrDefault(type.Split(';')[0].Trim());

    /// <summary>Who takes a number's bytes; null if nobody does.</summary>
    internal ProtocolRow? Find(NumberTable table, long number)
    {
        if ((ulong)number >= PageSize * PageSize)
        {
            return _large.GetValueOrDefault((table.Index, number));
        }

        return _tables[table.Index]?[(int)number / PageSize]?[(int)number % PageSize];
    }

    private void Add(ProtocolReference protocol, Selector selector, bool first, (List<ProtocolReference> Udp, List<ProtocolReference> Tcp) heuristics)
    {
        if (selector.IsHeuristic)
        {
            (selector.Text == "udp" ? heuristics.Udp : heuristics.Tcp).Add(protocol);
        }
        else if (selector.Table is null)
        {
            _contentTypes[selector.Text] = protocol;
        }
        else
        {
            for (long number = selector.First; number <= selector.Last; number++)
            {
                Add(protocol, selector.Table, number, first);
            }
        }
    }

    private void Add(ProtocolReference protocol, NumberTable table, long number, bool first)
    {
        if (number >= PageSize * PageSize)
        {
            _large[(table.Index, number)] = Chain(_large.GetValueOrDefault((table.Index, number)));
            return;
        }

        ProtocolRow?[]?[] pages = _tables[table.Index] ??= new ProtocolRow?[PageSize][];
        ProtocolRow?[] page = pages[number / PageSize] ??= new ProtocolRow?[PageSize];
        page[number % PageSize] = Chain(page[number % PageSize]);

        ProtocolRow Chain(ProtocolRow? there) =>
            there is null || first ? new ProtocolRow(protocol, there) : there with { Next = there.Next is null ? new ProtocolRow(protocol, null) : Chain(there.Next) };
    }

    /// <summary>What chooses a protocol.</summary>
    /// <param name="Table">The table; null for how bytes begin and for kinds of content.</param>
    /// <param name="First">The first number.</param>
    /// <param name="Last">The last number.</param>
    /// <param name="Text">udp, tcp, or the kind of content.</param>
    private sealed record Selector(NumberTable? Table, long First, long Last, string Text)
    {
        public bool IsHeuristic => Table is null && Text is "udp" or "tcp";

        public static List<Selector> ParseAll(string text)
        {
            var selectors = new List<Selector>();
            foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                int equals = word.IndexOf("==", StringComparison.Ordinal);
                if (equals < 0 && word is "udp" or "tcp")
                {
                    selectors.Add(new Selector(null, 0, 0, word));
                    continue;
                }

                string key = equals < 0 ? word : word[..equals];
                string[] values = equals < 0 ? [] : word[(equals + 2)..].Split(',');
                if (key == "media_type" && values.Length > 0)
                {
                    selectors.AddRange(values.Select(v => new Selector(null, 0, 0, v)));
                    continue;
                }

                if (!NumberTable.TryFind(key, out NumberTable? table))
                {
                    throw new FormatException($"'{key}' chooses no protocol: there are {string.Join(", ", NumberTable.All.Select(t => t.Key))}, media_type, udp and tcp");
                }

                selectors.AddRange(values.Select(v => Range(table, v)));
            }

            return selectors;
        }

        private static Selector Range(NumberTable table, string text)
        {
            int dash = text.IndexOf('-', StringComparison.Ordinal);
            string firstText = dash < 0 ? text : text[..dash];
            string lastText = dash < 0 ? text : text[(dash + 1)..];
            return TryNumber(firstText, out long first) && TryNumber(lastText, out long last) && first <= last && last - first < 65536 && last <= uint.MaxValue * 256L
                ? new Selector(table, first, last, "")
                : throw new FormatException($"'{text}' is no number of {table.Key}");
        }

        private static bool TryNumber(string text, out long number) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
