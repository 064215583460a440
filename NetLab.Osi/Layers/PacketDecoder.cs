using NetLab.Osi.Captures;
using NetLab.Osi.DataLink;
using NetLab.Osi.Session;
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

    /// <summary>The UDP conversations that are remembered; of more than some thirty thousand, the latest.</summary>
    internal IEnumerable<(FlowKey Key, UdpFlow Flow)> UdpConversations => _state.UdpFlows.All;

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

    /// <summary>Whether packets of an interface are not wanted.</summary>
    internal bool PassesOver(CaptureInterface source) => _state.Options.OnlyInterface is { } only && source.Name != only;

    /// <summary>Takes a packet apart.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="result">Gets what is found, in place of what it held; serves packet after packet.</param>
    public void Decode(in CapturedPacket packet, DecodedPacket result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Dissect(packet, result);
        Follow(packet.Bytes, result);
    }

    /// <summary>The second half of decoding: puts a packet's TCP segment into its conversation.</summary>
    /// <param name="bytes">The packet's bytes.</param>
    /// <param name="result">What the first half found; gets what the segment means and brings.</param>
    internal void Follow(ReadOnlySpan<byte> bytes, DecodedPacket result)
    {
        if (result.Pending is { } pending)
        {
            result.Pending = null;
            LayerEntry entry = result.Entries[pending.Index];
            ReadOnlySpan<byte> buffer = result.BufferOf(bytes, entry);
            _state.TcpStreams.Take(new Dissection(bytes, buffer, result, _state, entry.Offset + entry.WireLength, entry.Buffer), pending);
        }
    }

    /// <summary>The first half of decoding: headers, and what UDP carries. The two halves share no memory, so that each can have a thread.</summary>
    internal void Dissect(in CapturedPacket packet, DecodedPacket result)
    {
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
