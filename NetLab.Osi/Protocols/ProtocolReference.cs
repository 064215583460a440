namespace NetLab.Osi.Protocols;

/// <summary>
/// A protocol that a registry knows, and what chooses it. The protocol itself, with its fields, is made when the first packet
/// or filter asks for it: a program that decodes ten packets does not pay for a hundred protocols.
/// </summary>
public sealed class ProtocolReference
{
    private readonly Func<Protocol> _load;
    private Protocol? _protocol;

    /// <summary>Makes a reference.</summary>
    /// <param name="name">The protocol's name.</param>
    /// <param name="selectors">What chooses it, separated by blanks: <c>udp.port==53,5353 tcp.port==53</c>; <c>udp</c> or <c>tcp</c> alone for how bytes begin.</param>
    /// <param name="load">The protocol.</param>
    /// <param name="begins">Whether bytes begin like it; needed for <c>udp</c> and <c>tcp</c> alone.</param>
    /// <param name="filters">The beginnings of its names in filters where they are not its name: <c>pppoe,pppoes</c>.</param>
    /// <param name="mayBegin">Whether a few bytes may become how it begins, with more behind them; null when they are not waited for.</param>
    public ProtocolReference(string name, string selectors, Func<Protocol> load, Recognizer? begins = null, string filters = "", Recognizer? mayBegin = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(selectors);
        ArgumentNullException.ThrowIfNull(load);
        (Name, Selectors, _load, Begins, Filters, MayBegin) = (name, selectors, load, begins, filters, mayBegin);
    }

    /// <summary>A reference to a protocol that is there.</summary>
    internal ProtocolReference(Protocol protocol, string selectors)
        : this(protocol.Name, selectors, () => protocol, protocol.Begins, protocol.FilterName)
    {
        _protocol = protocol;
        IsOwn = true;
    }

    /// <summary>The protocol's name.</summary>
    public string Name { get; }

    /// <summary>What chooses it.</summary>
    public string Selectors { get; }

    /// <summary>Whether bytes begin like it; null when only numbers choose it.</summary>
    public Recognizer? Begins { get; }

    /// <summary>Whether a few bytes may become how it begins; null when they are not waited for.</summary>
    internal Recognizer? MayBegin { get; }

    /// <summary>The protocol.</summary>
    public Protocol Protocol => _protocol ??= _load();

    /// <summary>Whether the caller registered it, so that it goes before what is recognized by its bytes.</summary>
    internal bool IsOwn { get; }

    private string Filters { get; }

    /// <summary>Whether a name in a filter may be one of its fields.</summary>
    internal bool MayOwn(string filter)
    {
        string first = filter.Split('.')[0];
        return first == Name || Array.IndexOf(Filters.Split(','), first) >= 0;
    }
}
