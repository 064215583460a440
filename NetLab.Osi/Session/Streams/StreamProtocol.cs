namespace NetLab.Osi.Session.Streams;

/// <summary>A protocol that a stream speaks: what its two directions know in common, and a parser for each.</summary>
internal abstract class StreamProtocol
{
    private StreamParser? _client;
    private StreamParser? _server;

    /// <summary>The parser of a direction.</summary>
    public StreamParser ParserFor(bool fromClient) => fromClient ? _client ??= Make(true) : _server ??= Make(false);

    protected abstract StreamParser Make(bool fromClient);
}
