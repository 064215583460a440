namespace NetLab.Osi.Session;

/// <summary>
/// What the bytes of a stream mean: recognized by port or by how they begin, taken apart message by message. What completes
/// is shown on the packet that completed it. The stream is TCP's, or what was decrypted inside it.
/// </summary>
public sealed class StreamApplication
{
    // TLS through a proxy that itself is spoken to by TLS is two; no more are opened, whatever secrets a capture brings.
    private const int MaxDepth = 4;

    // As many as most protocols are recognized by, HTTP/2 among them; who comes in smaller crumbs than a longer line of SIP needs is not.
    private const int FewBytes = 16;

    /// <summary>Instead of a port: only how bytes begin says what they are.</summary>
    internal const int NoPort = 0;

    private StreamSide? _client;
    private StreamSide? _server;

    /// <summary>What both directions speak; null as long as it is not known.</summary>
    private StreamProtocol? _protocol;

    internal StreamApplication(StreamOptions options, int depth = 0) => (Options, Depth) = (options, depth);

    internal StreamOptions Options { get; }

    /// <summary>The port of the service that a tunnel leads to; null for the stream's own ports.</summary>
    internal int? Port { get; private set; }

    /// <summary>How many streams it is inside of.</summary>
    internal int Depth { get; }

    /// <summary>Whether the stream's client has the server's part in what it speaks.</summary>
    internal bool IsInverted => _protocol?.IsInverted ?? false;

    /// <summary>What its protocols remember of its messages.</summary>
    internal StreamConversation? Conversation { get; set; }

    /// <summary>Whether a stream inside of it is still looked at.</summary>
    internal bool MayNest => Depth < MaxDepth;

    /// <summary>A direction as its parser sees it.</summary>
    internal StreamSide Side(bool fromClient) => fromClient ? _client ??= new StreamSide() : _server ??= new StreamSide();

    /// <summary>Takes bytes in order.</summary>
    internal void Accept(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        StreamSide side = Side(segment.FromClient);
        if (side.IsIgnored)
        {
            return;
        }

        int held = side.Held;
        int strange = side.Parser is null ? side.Count : 0;
        ReadOnlySpan<byte> rest = side.With(bytes);
        if (strange > 0 && _protocol is not null && !StreamRecognizer.MayBegin(segment.Registry, rest[..strange]))
        {
            // The other direction has said meanwhile what is spoken, and these were the end of something before it.
            rest = rest[strange..];
            strange = 0;
        }

        while (!rest.IsEmpty && !side.IsIgnored)
        {
            if (side.Parser is null && !Recognize(segment, side, rest))
            {
                // Nothing is known yet. The segment may begin with something that is; or a few bytes may become it, with more behind them.
                ReadOnlySpan<byte> all = rest;
                rest = rest[strange..];
                if (strange == 0 || StreamRecognizer.MayBegin(segment.Registry, all) || !Recognize(segment, side, rest))
                {
                    rest = all.Length < FewBytes ? all : rest.Length < FewBytes ? rest : default;
                    break;
                }
            }

            strange = 0;
            StreamParser parser = side.Parser!;
            int taken = parser.Parse(segment, rest);
            if (taken == StreamParser.NotMine && side.IsResuming && side.Parser == parser)
            {
                // Behind a hole: in the middle of a message. The next may begin with a segment.
                parser.GiveUp();
                side.Parser = _protocol?.Renew(segment.FromClient);
                rest = default;
                break;
            }

            if (taken == StreamParser.NotMine && side is { HasTaken: false, WasRecognizedAlone: false } && side.Parser == parser)
            {
                // One direction asks in HTTP, the other answers with SSH: each is what it begins like.
                side.WasRecognizedAlone = true;
                side.Parser = StreamRecognizer.FindAlone(this, segment, rest)?.ParserFor(segment.FromClient) ?? parser;
                if (side.Parser != parser)
                {
                    continue;
                }
            }

            if (taken == StreamParser.NotMine)
            {
                side.IsIgnored = side.Parser == parser;
                rest = side.IsIgnored ? default : rest;
                continue;
            }

            rest = rest[taken..];
            side.HasTaken |= taken > 0;
            if (taken == 0 && side.Parser == parser)
            {
                break;
            }
        }

        if (segment.IsCut && side is { IsIgnored: false, Parser: { } waiting })
        {
            // What is there of the message says what it says: its end was not captured.
            waiting.OnCut(segment, rest);
            rest = default;
        }

        side.IsIgnored |= !side.Keep(side.IsIgnored ? default : rest);
        if (side.Held <= held)
        {
            segment.Release(held - side.Held);
        }
        else if (!segment.TryHold(side.Held - held))
        {
            side.Clear();
            side.IsIgnored = true;
        }
    }

    /// <summary>The direction ended in order.</summary>
    internal void End(in StreamSegment segment)
    {
        StreamSide side = Side(segment.FromClient);
        if (!side.IsIgnored)
        {
            side.Parser?.OnEnd(segment);
            side.IsIgnored = true;
        }

        side.Clear();
    }

    /// <summary>Bytes of the direction are missing: what comes next is not what its parser waits for.</summary>
    internal void Skip(in StreamSegment segment, long missing)
    {
        StreamSide side = Side(segment.FromClient);
        int held = side.Held;
        side.Clear();
        segment.Release(held);
        side.IsResuming = true;
        if (side.Parser is { } parser && !parser.Skip(segment, missing))
        {
            parser.GiveUp();
            side.Parser = _protocol?.Renew(segment.FromClient);
        }
    }

    /// <summary>A direction begins once more: what seemed to end it was no part of the stream.</summary>
    internal void Restart(bool fromClient) => Side(fromClient).IsIgnored = false;

    /// <summary>What comes next in a direction may be the middle of a message.</summary>
    internal void Resume(bool fromClient) => Side(fromClient).IsResuming = true;

    /// <summary>The packet brought bytes and no message: they are shown as a part of what the direction speaks.</summary>
    internal void ShowPart(in StreamSegment segment)
    {
        if (Side(segment.FromClient).Parser is { } parser)
        {
            segment.Part(parser.Protocol);
        }
        else
        {
            segment.Data();
        }
    }

    /// <summary>From here on, the stream speaks something else in both directions: after STARTTLS, Upgrade or CONNECT.</summary>
    /// <param name="protocol">What it speaks; null to recognize it anew.</param>
    public void Switch(StreamProtocol? protocol) => Switch(protocol, Port);

    /// <summary>From here on, the stream speaks something else, and it is another port that may say what.</summary>
    /// <param name="protocol">What it speaks; null to recognize it anew.</param>
    /// <param name="port">The port that a tunnel leads to; <see cref="NoPort"/> if none says anything.</param>
    internal void Switch(StreamProtocol? protocol, int? port)
    {
        Port = port;
        if (protocol is not null && _protocol is not null)
        {
            protocol.IsInverted = _protocol.IsInverted;
        }

        _protocol = protocol;
        foreach (bool fromClient in (ReadOnlySpan<bool>)[true, false])
        {
            StreamSide side = Side(fromClient);
            side.Parser = protocol?.ParserFor(fromClient);
            (side.IsIgnored, side.HasTaken, side.WasRecognizedAlone) = (false, false, false);
        }
    }

    /// <summary>A better witness says that it is the other end that opened the stream.</summary>
    internal void Swap()
    {
        (_client, _server) = (_server, _client);
        if (_protocol is not null)
        {
            _protocol.IsInverted = !_protocol.IsInverted;
        }
    }

    /// <summary>Lets go of what waits for more bytes.</summary>
    internal void Clear()
    {
        _client?.Clear();
        _server?.Clear();
    }

    /// <summary>Gives up messages that are not complete; what follows them makes no sense any more.</summary>
    internal void GiveUp()
    {
        foreach (StreamSide? side in (ReadOnlySpan<StreamSide?>)[_client, _server])
        {
            if (side is null)
            {
                continue;
            }

            side.IsIgnored |= side.Parser is not null && (side.Count > 0 || side.Parser.HoldsBytes);
            side.Clear();
            side.Parser?.GiveUp();
        }
    }

    private bool Recognize(in StreamSegment segment, StreamSide side, ReadOnlySpan<byte> bytes)
    {
        _protocol ??= StreamRecognizer.Find(this, segment, bytes);
        side.Parser = _protocol?.ParserFor(segment.FromClient);
        return side.Parser is not null;
    }
}
