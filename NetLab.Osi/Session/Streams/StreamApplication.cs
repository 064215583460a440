using NetLab.Osi.Layers;

namespace NetLab.Osi.Session.Streams;

/// <summary>
/// What the bytes of a TCP stream mean: recognized by port or by how they begin, taken apart message by message. What
/// completes is shown on the packet that completed it.
/// </summary>
internal sealed class StreamApplication(DecoderOptions options)
{
    /// <summary>What both directions speak; null as long as it is not known.</summary>
    private StreamProtocol? _protocol;

    public DecoderOptions Options { get; } = options;

    /// <summary>Takes bytes in order.</summary>
    public void Accept(in StreamSegment segment, TcpStreamDirection direction, ReadOnlySpan<byte> bytes)
    {
        StreamSide side = direction.Side ??= new StreamSide();
        ReadOnlySpan<byte> rest = side.With(bytes);
        while (!rest.IsEmpty && !side.IsIgnored)
        {
            if (side.Parser is null && !Recognize(segment, side, rest))
            {
                // Nothing is known yet: the next segment may begin with something that is.
                rest = default;
                break;
            }

            StreamParser parser = side.Parser!;
            int taken = parser.Parse(segment, rest);
            if (taken == StreamParser.NotMine)
            {
                side.IsIgnored = side.Parser == parser;
                rest = side.IsIgnored ? default : rest;
                continue;
            }

            rest = rest[taken..];
            if (taken == 0 && side.Parser == parser)
            {
                break;
            }
        }

        side.IsIgnored |= !side.Keep(side.IsIgnored ? default : rest);
    }

    /// <summary>The direction ended in order.</summary>
    public static void End(in StreamSegment segment, TcpStreamDirection direction)
    {
        if (direction.Side is { IsIgnored: false } side)
        {
            side.Parser?.End(segment);
            side.IsIgnored = true;
        }
    }

    /// <summary>The packet brought bytes and no message: they are shown as a part of what the direction speaks.</summary>
    public static void ShowPart(in StreamSegment segment, TcpStreamDirection direction)
    {
        if (direction.Side?.Parser is { } parser)
        {
            segment.Part(parser.Protocol, parser.Layer);
        }
        else
        {
            segment.Data();
        }
    }

    /// <summary>From here on, the stream speaks something else in both directions: after STARTTLS, Upgrade or CONNECT.</summary>
    /// <param name="segment">The segment that said so.</param>
    /// <param name="protocol">What it speaks; null to recognize it anew.</param>
    public void Switch(in StreamSegment segment, StreamProtocol? protocol)
    {
        _protocol = protocol;
        foreach (TcpStreamDirection direction in (ReadOnlySpan<TcpStreamDirection>)[segment.Stream.ClientToServer, segment.Stream.ServerToClient])
        {
            direction.Side ??= new StreamSide();
            direction.Side.Parser = protocol?.ParserFor(direction == segment.Stream.ClientToServer);
            direction.Side.IsIgnored = false;
        }
    }

    private bool Recognize(in StreamSegment segment, StreamSide side, ReadOnlySpan<byte> bytes)
    {
        _protocol ??= StreamRecognizer.Find(this, segment.Stream, bytes);
        side.Parser = _protocol?.ParserFor(segment.FromClient);
        return side.Parser is not null;
    }
}
