using NetLab.Osi.Application;
using NetLab.Osi.Captures;
using NetLab.Osi.DataLink;
using NetLab.Osi.Network;
using NetLab.Osi.Physical;
using NetLab.Osi.Session;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Layers;

/// <summary>Takes packets of one capture apart, in file order, and remembers the conversations between them.</summary>
public sealed class PacketDecoder
{
    private readonly DecoderState _state;
    private readonly DecodedPacket _result = new();

    /// <summary>Makes a decoder that has seen nothing yet.</summary>
    /// <param name="options">How it works; null for the defaults.</param>
    public PacketDecoder(DecoderOptions? options = null) => _state = new DecoderState(options ?? new DecoderOptions());

    /// <summary>The TCP streams seen so far, in the order of their first packets.</summary>
    public IReadOnlyList<TcpStream> TcpStreams => _state.TcpStreams.All;

    /// <summary>Takes a packet apart.</summary>
    /// <returns>What was found; valid until the next call.</returns>
    public DecodedPacket Decode(in CapturedPacket packet)
    {
        DecodedPacket result = _result;
        result.Reset();
        result.Number = packet.Number;
        result.Time = packet.Time;
        result.OriginalLength = packet.OriginalLength;
        result.CapturedLength = packet.Bytes.Length;
        result.LinkType = LinkTypes.Canonical(packet.Source.LinkType);
        result.InterfaceName = packet.Source.Name;
        var dissection = new Dissection(packet.Bytes, result, _state);
        dissection.Add(ProtocolId.Frame, OsiLayer.Physical, 0, 0, packet.Bytes.Length);
        LinkTypes.Dissect(dissection);
        return result;
    }

    /// <summary>Tells the fields of the packet just decoded, protocol by protocol.</summary>
    /// <param name="packet">The packet given to <see cref="Decode"/>.</param>
    /// <param name="sink">Who is told.</param>
    public void Describe(in CapturedPacket packet, IFieldSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        int dnsMessages = 0;
        for (int i = 0; i < _result.Entries.Count; i++)
        {
            LayerEntry entry = _result.Entries[i];
            ReadOnlySpan<byte> bytes = packet.Bytes;
            sink.BeginLayer(NameOf(entry.Protocol), entry);
            switch (entry.Protocol)
            {
                case ProtocolId.Frame:
                    Frame.Describe(_result, sink);
                    break;
                case ProtocolId.Ethernet:
                    EthernetDissector.Describe(bytes, entry, sink);
                    break;
                case ProtocolId.Null:
                    NullDissector.Describe(bytes, entry, sink);
                    break;
                case ProtocolId.Arp:
                    ArpDissector.Describe(bytes, entry, sink);
                    break;
                case ProtocolId.Ipv4:
                    Ipv4Dissector.Describe(bytes, entry, sink);
                    break;
                case ProtocolId.Ipv6:
                    Ipv6Dissector.Describe(bytes, entry, sink);
                    break;
                case ProtocolId.Ipv6Fragment:
                    Ipv6Dissector.DescribeFragment(bytes, entry, sink);
                    break;
                case ProtocolId.Icmp:
                case ProtocolId.IcmpV6:
                    IcmpDissector.Describe(bytes, entry, _result.CarrierOf(i), sink);
                    break;
                case ProtocolId.Tcp:
                    TcpDissector.Describe(bytes, entry, _result.CarrierOf(i), _result, sink);
                    break;
                case ProtocolId.Udp:
                    UdpDissector.Describe(bytes, entry, _result.CarrierOf(i), _result, sink);
                    break;
                case ProtocolId.TcpSession:
                    TcpSession.Describe(entry, _result, sink);
                    break;
                case ProtocolId.Http:
                    HttpMessage.DescribeAll(_result.HttpMessages, entry, sink);
                    break;
                case ProtocolId.Dns:
                    _result.DnsMessages[dnsMessages++].Describe(entry, sink);
                    break;
                case ProtocolId.Data:
                    sink.Number("length", entry.Length, entry.Offset, entry.Length);
                    break;
                default:
                    break;
            }

            sink.EndLayer();
        }
    }

    /// <summary>A protocol's name in the schema and in filters.</summary>
    public static string NameOf(ProtocolId protocol) => protocol switch
    {
        ProtocolId.Frame => "frame",
        ProtocolId.Ethernet => "eth",
        ProtocolId.Null => "null",
        ProtocolId.Arp => "arp",
        ProtocolId.Ipv4 => "ip",
        ProtocolId.Ipv6 => "ipv6",
        ProtocolId.Ipv6HopByHop => "ipv6_hopopts",
        ProtocolId.Ipv6DestinationOptions => "ipv6_dstopts",
        ProtocolId.Ipv6Routing => "ipv6_routing",
        ProtocolId.Ipv6Fragment => "ipv6_frag",
        ProtocolId.Icmp => "icmp",
        ProtocolId.IcmpV6 => "icmpv6",
        ProtocolId.Tcp => "tcp",
        ProtocolId.Udp => "udp",
        ProtocolId.TcpSession => "session",
        ProtocolId.Http => "http",
        ProtocolId.Dns => "dns",
        _ => "data",
    };
}
