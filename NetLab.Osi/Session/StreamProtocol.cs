namespace NetLab.Osi.Session;

/// <summary>A protocol that a stream speaks: what its two directions know in common, and a parser for each.</summary>
public abstract class StreamProtocol
{
    private StreamParser? _client;
    private StreamParser? _server;

    /// <summary>Whether the stream's client has the server's part: it sent the first packet that was captured, and its port says better.</summary>
    internal bool IsInverted { get; set; }

    /// <summary>The parser of a direction.</summary>
    /// <param name="fromClient">Whether the stream's client sends in it.</param>
    internal StreamParser ParserFor(bool fromClient) => fromClient != IsInverted ? _client ??= Make(true) : _server ??= Make(false);

    /// <summary>A parser of a direction that knows nothing of what came before.</summary>
    /// <param name="fromClient">Whether the stream's client sends in it.</param>
    public StreamParser Renew(bool fromClient) => fromClient != IsInverted ? _client = Make(true) : _server = Make(false);

    /// <summary>Makes the parser of a direction.</summary>
    /// <param name="fromClient">Whether who plays the protocol's client sends in it.</param>
    protected abstract StreamParser Make(bool fromClient);
}
