using NetLab.Osi.Captures;
using NetLab.Osi.DataLink;
using NetLab.Osi.Session;

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
    public IEnumerable<TcpStream> TcpStreams => _state.TcpStreams.All;

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
        result.Comment = packet.Comment;
        var dissection = new Dissection(packet.Bytes, packet.Bytes, result, _state, (int)Math.Clamp(packet.OriginalLength, packet.Bytes.Length, int.MaxValue / 2));
        dissection.Add(ProtocolId.Frame, OsiLayer.Physical, 0, 0, packet.Bytes.Length);
        LinkTypes.Dissect(dissection, result.LinkType, 0, packet.Bytes.Length);
        return result;
    }

    /// <summary>Tells the fields of the packet just decoded, protocol by protocol.</summary>
    /// <param name="packet">The packet given to <see cref="Decode"/>.</param>
    /// <param name="sink">Who is told.</param>
    public void Describe(in CapturedPacket packet, IFieldSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var view = new PacketView(packet.Bytes, _result);
        for (int i = 0; i < _result.Count; i++)
        {
            if (sink.BeginLayer(_result.Entries[i]))
            {
                LayerFields.Describe(view, i, sink);
                sink.EndLayer();
            }
        }
    }
}
