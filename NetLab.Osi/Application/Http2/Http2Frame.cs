namespace NetLab.Osi.Application.Http2;

/// <summary>A frame (RFC 9113, 4.1).</summary>
/// <param name="Type">What it is.</param>
/// <param name="Flags">What holds for it.</param>
/// <param name="Stream">The stream it belongs to; 0 for the connection.</param>
/// <param name="Length">Bytes of its payload.</param>
internal readonly record struct Http2Frame(Http2FrameType Type, int Flags, uint Stream, int Length)
{
    /// <summary>Bytes of its header.</summary>
    public const int HeaderSize = 9;

    // RFC 9113, 6.5.2: what SETTINGS_MAX_FRAME_SIZE begins with.
    private const int DefaultMaxLength = 1 << 14;
    private const int EndStream = 0x1;
    private const int EndHeaders = 0x4;
    private const int Padded = 0x8;
    private const int Priority = 0x20;
    private const int PriorityBytes = 5;
    private const int PromisedStreamBytes = 4;

    /// <summary>Whether its payload is, or is a part of, a header block.</summary>
    public bool HasHeaders => Type is Http2FrameType.Headers or Http2FrameType.PushPromise or Http2FrameType.Continuation;

    /// <summary>Whether it is what most senders would send: for bytes that need not be a frame at all.</summary>
    public bool IsLikely => Type <= Http2FrameType.Continuation && Length <= DefaultMaxLength
        && (Type == Http2FrameType.WindowUpdate || (Type is Http2FrameType.Settings or Http2FrameType.Ping or Http2FrameType.GoAway) == (Stream == 0));

    /// <summary>Whether it is the last part of one.</summary>
    public bool EndsHeaders => (Flags & EndHeaders) != 0;

    /// <summary>Whether nothing more comes in its direction of the stream behind it, and the header block that it begins.</summary>
    public bool EndsStream => Type is Http2FrameType.Data or Http2FrameType.Headers && (Flags & EndStream) != 0;

    /// <summary>Whether its payload begins with how many bytes at the end say nothing (6.1).</summary>
    public bool IsPadded => Type is Http2FrameType.Data or Http2FrameType.Headers or Http2FrameType.PushPromise && (Flags & Padded) != 0;

    /// <summary>The part of a header block in its payload (6.2, 6.6, 6.10); nothing if its lengths lie.</summary>
    /// <returns>Whether they do not.</returns>
    public bool TryFindBlock(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> block)
    {
        int start = 0;
        int padding = 0;
        if (Type != Http2FrameType.Continuation && (Flags & Padded) != 0)
        {
            start = 1;
            padding = payload.IsEmpty ? 1 : payload[0];
        }

        start += Type switch
        {
            Http2FrameType.Headers when (Flags & Priority) != 0 => PriorityBytes,
            Http2FrameType.PushPromise => PromisedStreamBytes,
            _ => 0,
        };
        bool isHonest = start + padding <= payload.Length;
        block = isHonest ? payload[start..^padding] : default;
        return isHonest;
    }
}
