using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>The frames that a packet completes.</summary>
internal sealed class WebSocketFrames : LayerDetail
{
    // A few compressed bytes can be a long message, and a packet has room for many.
    private const int MaxContent = 256 << 10;

    private readonly List<WebSocketFrame> _frames = [];
    private int _content;

    /// <summary>Whether there is room for what a compressed message becomes.</summary>
    public bool HasRoom => _content < MaxContent;

    /// <summary>One more; what it says is shown as long as there is room.</summary>
    public void Add(WebSocketFrame frame)
    {
        _content += frame.Content?.Length ?? 0;
        frame.Content = _content <= MaxContent ? frame.Content : null;
        _frames.Add(frame);
    }

    public override void Describe(in LayerEntry entry, IFieldSink sink)
    {
        sink.BeginList(WebSocketFrame.Fields.Frames);
        foreach (WebSocketFrame frame in _frames)
        {
            sink.BeginItem();
            frame.Describe(entry, sink);
            sink.EndItem();
        }

        sink.EndList();
    }
}
