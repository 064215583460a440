using NetLab.Osi.Layers;

namespace NetLab.Osi.Session.Streams;

/// <summary>The segment whose bytes a stream's parsers are given: where what they find is shown.</summary>
internal readonly ref struct StreamSegment(
    Dissection dissection, TcpStream stream, StreamApplication application, StreamMemory memory, bool fromClient, int payload, int end, bool isDecrypted = false)
{
    private readonly Dissection _dissection = dissection;

    public TcpStream Stream { get; } = stream;

    public bool FromClient { get; } = fromClient;

    /// <summary>What the bytes are a part of.</summary>
    public StreamApplication Application { get; } = application;

    /// <summary>The direction the segment belongs to, as its parser sees it.</summary>
    public StreamSide Side => Application.Side(FromClient);

    /// <summary>Whether the bytes were encrypted on the wire, so that ports say nothing of them.</summary>
    public bool IsDecrypted { get; } = isDecrypted;

    /// <summary>Keys of TLS connections.</summary>
    public Presentation.TlsSecrets Secrets => _dissection.State.Secrets;

    /// <summary>Where calls take media.</summary>
    public Application.MediaPlaces Media => _dissection.State.Media;

    /// <summary>The same segment, for what was decrypted of it.</summary>
    public StreamSegment Inside(StreamApplication inner) => new(_dissection, Stream, inner, memory, FromClient, payload, end, true);

    public DecoderOptions Options => _dissection.State.Options;

    /// <summary>Whether the stream may hold so many bytes more.</summary>
    public bool TryHold(long bytes) => memory.TryHold(Stream, bytes);

    /// <summary>The stream holds so many bytes less.</summary>
    public void Release(long bytes) => memory.Release(Stream, bytes);

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
