using NetLab.Osi.Model;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>WebSocket (RFC 6455): the frames of either direction, the messages they make, and what is spoken in those.</summary>
/// <param name="application">The stream's.</param>
internal sealed class WebSocketProtocol(StreamApplication application) : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "websocket", OsiLayer.Application, "WebSocket", WebSocketFrame.Fields.All, static (in StreamStart start) => new WebSocketProtocol(start.Application));

    private StreamApplication? _texts;
    private StreamApplication? _bytes;

    /// <summary>What is spoken in the messages of both directions: those of texts and those of bytes are no one stream. Null when it lies too deep to be looked at.</summary>
    /// <param name="inTexts">Which of them.</param>
    public StreamApplication? Inner(bool inTexts)
    {
        if (!application.MayNest)
        {
            return null;
        }

        ref StreamApplication? inner = ref (inTexts ? ref _texts : ref _bytes);
        return inner ??= new StreamApplication(application.Options, application.Depth + 1);
    }

    /// <summary>What is spoken inside gives up what it holds.</summary>
    public void GiveUpInner()
    {
        _texts?.GiveUp();
        _bytes?.GiveUp();
    }

    /// <summary>A direction ended, and what is spoken inside with it.</summary>
    public void EndInner(in StreamSegment segment)
    {
        _texts?.End(segment.Inside(_texts));
        _bytes?.End(segment.Inside(_bytes));
    }

    protected override StreamParser Make(bool fromClient) => new WebSocketParser(this, fromClient);
}
