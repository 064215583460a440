using NetLab.Osi.Layers;

namespace NetLab.Osi.Session.Streams;

/// <summary>The segment whose bytes a stream's parsers are given: where what they find is shown.</summary>
internal readonly ref struct StreamSegment(Dissection dissection, TcpStream stream, bool fromClient, int payload, int end)
{
    private readonly Dissection _dissection = dissection;

    public TcpStream Stream { get; } = stream;

    public bool FromClient { get; } = fromClient;

    /// <summary>The direction the segment belongs to, as its parser sees it.</summary>
    public StreamSide Side => (FromClient ? Stream.ClientToServer : Stream.ServerToClient).Side!;

    /// <summary>When the segment was seen.</summary>
    public long? Time => _dissection.Result.Time;

    public DecoderOptions Options => _dissection.State.Options;

    /// <summary>The first bytes of the segment's payload.</summary>
    public ReadOnlySpan<byte> Payload => _dissection.Bytes[payload..end];

    /// <summary>The detail of a protocol on this packet: a second message joins the first.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="layer">The layer whose work it does.</param>
    /// <param name="create">Makes a detail; a constructor called by type parameter would cost several times as much.</param>
    public T Layer<T>(ProtocolId protocol, OsiLayer layer, Func<T> create)
        where T : LayerDetail
    {
        Stream.Recognize(protocol);
        if (_dissection.Result.FindDetail<T>() is { } found)
        {
            return found;
        }

        T detail = create();
        _dissection.Add(protocol, layer, payload, end - payload, end, detail);
        return detail;
    }

    /// <summary>A message that is a layer of its own on this packet.</summary>
    public void Add(ProtocolId protocol, OsiLayer layer, LayerDetail detail)
    {
        Stream.Recognize(protocol);
        _dissection.Add(protocol, layer, payload, end - payload, end, detail);
    }

    /// <summary>Shows that the packet brings a part of a protocol's message, or a part that says nothing by itself.</summary>
    public void Part(ProtocolId protocol, OsiLayer layer)
    {
        Stream.Recognize(protocol);
        _dissection.Add(protocol, layer, payload, 0, end);
    }

    /// <summary>Bytes of no known protocol.</summary>
    public void Data() => _dissection.Data(OsiLayer.Application, payload, end);
}
