using System.Diagnostics.CodeAnalysis;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;

namespace NetLab.Osi.Protocols;

/// <summary>A kind of number by which a header says what it carries; a <see cref="ProtocolRegistry"/> has the rows.</summary>
public sealed class NumberTable
{
    private static readonly List<NumberTable> Tables = [];

    private NumberTable(string key, string title, OsiLayer carried, int bits, params string[] otherKeys)
    {
        (Key, Title, CarriedLayer, OtherKeys, Index) = (key, title, carried, otherKeys, Tables.Count);
        MaxNumber = (1L << bits) - 1;
        Tables.Add(this);
    }

    /// <summary>LINKTYPE_ numbers (www.tcpdump.org/linktypes.html).</summary>
    public static NumberTable LinkType { get; } = new("link.type", "link type", OsiLayer.DataLink, 32, "wtap_encap") { Names = static v => v <= int.MaxValue ? LinkTypes.AssignedName((int)v) : null };

    /// <summary>EtherTypes (IEEE registration authority).</summary>
    public static NumberTable EtherType { get; } = new("eth.type", "EtherType", OsiLayer.Network, 16, "ethertype") { Names = static v => EtherTypes.NameOf((int)v) };

    /// <summary>Service access points of LLC (IEEE 802.2).</summary>
    public static NumberTable LlcSap { get; } = new("llc.dsap", "LLC service access point", OsiLayer.Network, 8);

    /// <summary>Protocols of SNAP: the organization's 24 bits, then 16 bits of its own.</summary>
    public static NumberTable Snap { get; } = new("llc.snap", "SNAP protocol", OsiLayer.Network, 40);

    /// <summary>Protocol numbers of PPP (IANA).</summary>
    public static NumberTable Ppp { get; } = new("ppp.protocol", "PPP protocol", OsiLayer.Network, 16);

    /// <summary>The first four bits of a packet, where nothing else says what it is.</summary>
    public static NumberTable IpVersion { get; } = new("ip.version", "IP version", OsiLayer.Network, 4);

    /// <summary>Protocol numbers and next headers of IP (IANA).</summary>
    public static NumberTable IpProtocol { get; } = new("ip.proto", "IP protocol", OsiLayer.Transport, 8, "ipv6.nxt") { Names = static v => IpProtocols.NameOf((int)v) };

    /// <summary>UDP ports.</summary>
    public static NumberTable UdpPort { get; } = new("udp.port", "UDP port", OsiLayer.Application, 16);

    /// <summary>TCP ports: what a stream speaks.</summary>
    public static NumberTable TcpPort { get; } = new("tcp.port", "TCP port", OsiLayer.Application, 16);

    /// <summary>SCTP ports.</summary>
    public static NumberTable SctpPort { get; } = new("sctp.port", "SCTP port", OsiLayer.Application, 16);

    /// <summary>SCTP payload protocol identifiers (IANA).</summary>
    public static NumberTable SctpPayload { get; } = new("sctp.data_payload_proto_id", "SCTP payload protocol", OsiLayer.Application, 32, "sctp.ppi");

    /// <summary>All tables.</summary>
    public static IReadOnlyList<NumberTable> All => Tables;

    /// <summary>Its name in selectors: <c>udp.port</c>.</summary>
    public string Key { get; }

    /// <summary>The largest number that the header has room for.</summary>
    internal long MaxNumber { get; }

    /// <summary>Its name for people.</summary>
    public string Title { get; }

    /// <summary>The layer that is missing when a number has no row.</summary>
    public OsiLayer CarriedLayer { get; }

    internal int Index { get; }

    internal string[] OtherKeys { get; }

    private Func<long, string?>? Names { get; init; }

    /// <summary>The table of a name.</summary>
    public static bool TryFind(string key, [NotNullWhen(true)] out NumberTable? table)
    {
        ArgumentNullException.ThrowIfNull(key);
        table = Find(key);
        return table is not null;
    }

    /// <summary>What a number stands for, whether or not a protocol is known for it; null if it is not assigned.</summary>
    internal string? NameOf(long number) => Names?.Invoke(number);

    /// <summary>The table of a name; null if there is none.</summary>
    internal static NumberTable? Find(ReadOnlySpan<char> key)
    {
        foreach (NumberTable table in Tables)
        {
            if (key.SequenceEqual(table.Key) || table.HasOtherKey(key))
            {
                return table;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Key;

    private bool HasOtherKey(ReadOnlySpan<char> key)
    {
        foreach (string other in OtherKeys)
        {
            if (key.SequenceEqual(other))
            {
                return true;
            }
        }

        return false;
    }
}
