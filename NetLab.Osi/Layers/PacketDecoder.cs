using NetLab.Osi.Captures;
using NetLab.Osi.DataLink;
using NetLab.Osi.Session;
using NetLab.Osi.Statistics;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Layers;

/// <summary>Takes packets of one capture apart, in file order, and remembers the conversations between them.</summary>
public sealed class PacketDecoder
{
    private readonly DecoderState _state;

    /// <summary>Makes a decoder that has seen nothing yet.</summary>
    /// <param name="options">How it works; null for the defaults.</param>
    public PacketDecoder(DecoderOptions? options = null) => _state = new DecoderState(options ?? new DecoderOptions());

    /// <summary>The TCP streams seen so far, in the order of their first packets.</summary>
    public IEnumerable<TcpStream> TcpStreams => _state.TcpStreams.All;

    /// <summary>The UDP conversations that are remembered; of more than a hundred thousand, the latest.</summary>
    internal IEnumerable<Conversation> UdpConversations => _state.UdpFlows.All.Select(f => Conversation(f.Key, f.Flow));

    /// <summary>Takes keys of TLS connections in the NSS Key Log Format, by which those connections are decrypted from here on.</summary>
    /// <param name="lines">The lines of the log; lines that make no sense are passed over.</param>
    public void AddKeyLog(string lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        _state.Secrets.Add(lines);
    }

    /// <summary>Tells the fields of a decoded packet, protocol by protocol.</summary>
    /// <param name="bytes">The packet's bytes.</param>
    /// <param name="packet">What was found in them.</param>
    /// <param name="sink">Who is told.</param>
    public static void Describe(ReadOnlySpan<byte> bytes, DecodedPacket packet, IFieldSink sink)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentNullException.ThrowIfNull(sink);
        var view = new PacketView(bytes, packet);
        for (int i = 0; i < packet.Count; i++)
        {
            if (sink.BeginLayer(packet.Entries[i]))
            {
                LayerFields.Describe(view, i, sink);
                sink.EndLayer();
            }
        }
    }

    private static Conversation Conversation(in FlowKey key, UdpFlow flow)
    {
        (long Packets, long Bytes) sent = flow.BeganLow ? flow.FromLow : flow.FromHigh;
        (long Packets, long Bytes) received = flow.BeganLow ? flow.FromHigh : flow.FromLow;
        var low = new TcpStreamEnd(key.LowAddress, key.IsV4, key.LowPort);
        var high = new TcpStreamEnd(key.HighAddress, key.IsV4, key.HighPort);
        string application = flow.CarriesTcp ? "tcp" : flow.Quic is not null ? "quic" : "";
        return new Conversation(
            "udp", flow.Number, (flow.BeganLow ? low : high).ToString(), (flow.BeganLow ? high : low).ToString(),
            sent.Packets, sent.Bytes, received.Packets, received.Bytes, application, null);
    }

    /// <summary>Whether packets of an interface are not wanted.</summary>
    internal bool PassesOver(CaptureInterface source) => _state.Options.OnlyInterface is { } only && source.Name != only;

    /// <summary>Takes a packet apart.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="result">Gets what is found, in place of what it held; serves packet after packet.</param>
    public void Decode(in CapturedPacket packet, DecodedPacket result)
    {
        ArgumentNullException.ThrowIfNull(result);
        result.Reset();
        result.Number = packet.Number;
        result.Time = packet.Time;
        result.OriginalLength = packet.OriginalLength;
        result.CapturedLength = packet.Bytes.Length;
        result.LinkType = LinkTypes.Canonical(packet.Source.LinkType);
        result.InterfaceName = packet.Source.Name;
        result.Comment = packet.Comment;
        var dissection = new Dissection(packet.Bytes, packet.Bytes, result, _state, (int)Math.Clamp(packet.OriginalLength, packet.Bytes.Length, int.MaxValue / 2));
        dissection.Add(ProtocolId.Frame, OsiLayer.Physical, 0, 0, packet.Bytes.Length);
        LinkTypes.Dissect(dissection, result.LinkType, 0, packet.Bytes.Length);
    }
}
