using System.Buffers.Binary;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>A frame (RFC 6455, 5.2), and what it says: that of its message, when it is the last of one.</summary>
/// <param name="first">Its first byte.</param>
/// <param name="code">Seven bits of length, or what stands for a longer one.</param>
/// <param name="length">Bytes of its payload.</param>
/// <param name="key">By what the payload is masked; null if it is not.</param>
internal sealed class WebSocketFrame(int first, int code, long length, uint? key)
{
    public const int Continuation = 0;
    public const int TextMessage = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    internal static class Fields
    {
        public static readonly Field Frames = Field.Group("frames");
        public static readonly Field Opcode = Field.Number("opcode", "websocket.opcode", names: static v => NameOf((int)v), about: "Kind of frame", summary: true, width: 1);
        public static readonly Field Fin = Field.Flag("fin", "websocket.fin", about: "The last frame of a message");
        public static readonly Field Reserved = Field.Number(null, "websocket.rsv", about: "Bits for extensions: 4 says that the message is compressed", width: 1);
        public static readonly Field Masked = Field.Flag("masked", "websocket.mask", about: "The payload is masked");
        public static readonly Field Length = Field.Number("length", about: "Bytes of payload");

        public static readonly Field LengthCode = Field.Number(null, "websocket.payload_length", about: "Seven bits of length: 126 and 127 stand for a longer one", width: 1);
        public static readonly Field Length16 = Field.Number(null, "websocket.payload_length_ext_16", about: "Bytes of payload, 126 to 65535", width: 2);
        public static readonly Field Length64 = Field.Number(null, "websocket.payload_length_ext_64", about: "Bytes of payload, more than 65535");
        public static readonly Field Key = Field.Bytes(null, "websocket.masking_key", about: "By what the payload is masked");
        public static readonly Field Text = Field.Text("text", "websocket.payload.text", about: "A message of text");
        public static readonly Field CloseCode = Field.Number("close_code", "websocket.payload.close.status_code", names: static v => CodeName((int)v), about: "Why the connection is closed", summary: true, width: 2);
        public static readonly Field CloseReason = Field.Text("close_reason", "websocket.payload.close.reason", about: "The same in words");
        public static readonly Field PingData = Field.Bytes(null, "websocket.payload.ping", about: "What a ping brings, and its pong brings back");
        public static readonly Field PongData = Field.Bytes(null, "websocket.payload.pong", about: "What a pong brings back");

        public static readonly Field[] All =
            [Frames, Opcode, Fin, Reserved, Masked, Length, LengthCode, Length16, Length64, Key, Text, CloseCode, CloseReason, PingData, PongData];
    }

    /// <summary>What kind of frame it is.</summary>
    public int Opcode { get; } = first & 15;

    /// <summary>Whether it is the last of its message.</summary>
    public bool IsFinal { get; } = (first & 0x80) != 0;

    /// <summary>Whether the message that it begins is compressed (RFC 7692, 6).</summary>
    public bool IsCompressed { get; } = (first & 0x40) != 0;

    /// <summary>Whether it may stand between the frames of a message.</summary>
    public bool IsControl => Opcode >= Close;

    /// <summary>Bytes of its payload.</summary>
    public long Length { get; } = length;

    /// <summary>By what the payload is masked.</summary>
    public uint? Key { get; } = key;

    /// <summary>Whether it is what the standard allows (5.1, 5.2 and 5.5): for bytes that need not be a frame at all.</summary>
    /// <param name="fromClient">Whether a client sends it.</param>
    public bool IsLikely(bool fromClient) =>
        Opcode is <= Binary or (>= Close and <= Pong) && (first & 0x30) == 0 && Key.HasValue == fromClient
        && (!IsControl || (IsFinal && code < 126)) && (code < 126 || Length > (code == 126 ? 125 : 0xFFFF));

    /// <summary>What kind of message <see cref="Content"/> is.</summary>
    public int ContentKind { get; set; }

    /// <summary>The payload of a control frame, or the message of which it is the last frame, unmasked and inflated; null if it was not kept.</summary>
    public byte[]? Content { get; set; }

    public void Describe(in LayerEntry entry, IFieldSink sink)
    {
        (int at, int size) = (entry.Offset, entry.Length);
        sink.Number(Fields.Opcode, Opcode, at, size);
        sink.Flag(Fields.Fin, IsFinal, at, size);
        sink.Flag(Fields.Masked, Key.HasValue, at, size);
        sink.Number(Fields.Length, Length, at, size);
        if (sink.WantsHidden)
        {
            sink.Number(Fields.Reserved, (first >> 4) & 7, at, size);
            sink.Number(Fields.LengthCode, code, at, size);
            if (code > 125)
            {
                sink.Number(code == 126 ? Fields.Length16 : Fields.Length64, Length, at, size);
            }

            if (Key is { } key)
            {
                Span<byte> bytes = stackalloc byte[sizeof(uint)];
                BinaryPrimitives.WriteUInt32BigEndian(bytes, key);
                sink.Bytes(Fields.Key, bytes, at);
            }
        }

        DescribeContent(at, size, sink);
    }

    private void DescribeContent(int at, int size, IFieldSink sink)
    {
        switch (ContentKind, Content)
        {
            case (TextMessage, { } text):
                sink.Text(Fields.Text, text, at, size);
                break;
            case (Close, { Length: >= 2 } close):
                // 5.5.1: a code, and a reason in UTF-8.
                sink.Number(Fields.CloseCode, BinaryPrimitives.ReadUInt16BigEndian(close), at, size);
                if (close.Length > 2)
                {
                    sink.Text(Fields.CloseReason, close.AsSpan(2), at, size);
                }

                break;
            case (Ping, { Length: > 0 } ping) when sink.WantsHidden:
                sink.Bytes(Fields.PingData, ping, at);
                break;
            case (Pong, { Length: > 0 } pong) when sink.WantsHidden:
                sink.Bytes(Fields.PongData, pong, at);
                break;
            default:
                break;
        }
    }

    private static string NameOf(int opcode) => opcode switch
    {
        Continuation => "continuation",
        TextMessage => "text",
        Binary => "binary",
        Close => "close",
        Ping => "ping",
        Pong => "pong",
        _ => "reserved",
    };

    // 7.4.1, and the registry that it makes (IANA).
    private static string? CodeName(int code) => code switch
    {
        1000 => "normal",
        1001 => "going away",
        1002 => "protocol error",
        1003 => "data not supported",
        1007 => "data not as its type says",
        1008 => "against a policy",
        1009 => "message too large",
        1010 => "extension wanted",
        1011 => "internal error",
        1012 => "service restart",
        1013 => "try again later",
        1014 => "bad gateway",
        >= 3000 and < 4000 => "registered",
        >= 4000 and < 5000 => "private",
        _ => null,
    };
}
