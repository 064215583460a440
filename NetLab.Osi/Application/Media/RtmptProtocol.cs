using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Media;

/// <summary>RTMP (Adobe, specification 1.0): messages that are cut into chunks.</summary>
internal sealed class RtmptProtocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "rtmpt", OsiLayer.Application, "Real Time Messaging Protocol", Fields.All, static (in StreamStart start) => new RtmptProtocol());

    private const int HandshakeSize = 1536;

    private static class Fields
    {
        public static readonly Field Messages = Field.Group("messages", "Messages");
        public static readonly Field Handshake = Field.Text("handshake", about: "Part of the handshake");
        public static readonly Field Format = Field.Number("format", "rtmpt.header.format", about: "Which parts of the header are there", width: 1);
        public static readonly Field Chunk = Field.Number("chunk_stream", "rtmpt.header.csid", about: "Chunk stream", width: 1);
        public static readonly Field Timestamp = Field.Number("timestamp", "rtmpt.header.timestamp", about: "Time", width: 3);
        public static readonly Field TimestampDelta = Field.Number("timestamp_delta", "rtmpt.header.timestampdelta", about: "Time since the message before", width: 3);
        public static readonly Field Size = Field.Number("size", "rtmpt.header.bodysize", about: "Bytes of the message", width: 3);
        public static readonly Field Type = Field.Number("type", "rtmpt.header.typeid", names: static v => NameOf((int)v), about: "Type of the message", summary: true, width: 1);
        public static readonly Field Stream = Field.Number("stream", "rtmpt.header.streamid", about: "Message stream", width: 4);
        public static readonly Field Window = Field.Number("window", "rtmpt.scm.was", about: "Window acknowledgment size", width: 4);
        public static readonly Field ChunkSize = Field.Number("chunk_size", "rtmpt.scm.chunksize", about: "Bytes of a chunk from here on", width: 4);
        public static readonly Field Command = Field.Text("command", "rtmpt.function.call", about: "What is called", summary: true);

        public static readonly Field[] All = [Messages, Handshake, Format, Chunk, Timestamp, TimestampDelta, Size, Type, Stream, Window, ChunkSize, Command];
    }

    protected override StreamParser Make(bool fromClient) => new Parser(fromClient);

    private static string? NameOf(int type) => type switch
    {
        1 => "set chunk size",
        2 => "abort message",
        3 => "acknowledgment",
        4 => "user control message",
        5 => "window acknowledgment size",
        6 => "set peer bandwidth",
        8 => "audio",
        9 => "video",
        15 or 18 => "data",
        16 or 19 => "shared object",
        17 or 20 => "command",
        22 => "aggregate",
        _ => null,
    };

    private sealed class Parser(bool fromClient) : StreamParser
    {
        private const int MaxStreams = 64;
        private const int MaxChunk = 64 << 10;

        // Of a message, its beginning is enough: what is called, and numbers.
        private const int MaxKept = 256;

        private readonly Dictionary<int, Chunks> _streams = [];
        private int _step;
        private int _chunkSize = 128;
        private Chunks? _current;
        private int _left;

        public override Protocol Protocol => Value;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (at < bytes.Length)
            {
                int taken = _step < 2 ? TakeHandshake(segment, bytes[at..]) : _current is null ? TakeHeader(bytes[at..]) : TakeChunk(segment, bytes[at..]);
                if (taken <= 0)
                {
                    return taken < 0 ? NotMine : at;
                }

                at += taken;
            }

            return at;
        }

        // 5.2: a byte of version and 1,536 bytes; and 1,536 that repeat those of the other side.
        private int TakeHandshake(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            if (_step == 0 && bytes[0] is not (3 or 6))
            {
                return NotMine;
            }

            int size = _step == 0 ? 1 + HandshakeSize : HandshakeSize;
            if (bytes.Length < size)
            {
                return 0;
            }

            segment.Message(Value, Fields.Messages).Add(Fields.Handshake, (fromClient, _step) switch
            {
                (true, 0) => "C0+C1"u8,
                (true, _) => "C2"u8,
                (false, 0) => "S0+S1"u8,
                _ => "S2"u8,
            });
            _step++;
            return size;
        }

        // 5.3.1: format and chunk stream in one to three bytes; time, size, type and stream as far as the format says.
        private int TakeHeader(ReadOnlySpan<byte> bytes)
        {
            int basic = (bytes[0] & 63) switch { 0 => 2, 1 => 3, _ => 1 };
            int format = bytes[0] >> 6;
            int size = format switch { 0 => 11, 1 => 7, 2 => 3, _ => 0 };
            if (bytes.Length < basic + size)
            {
                return 0;
            }

            int id = basic switch { 2 => 64 + bytes[1], 3 => 64 + bytes[1] + (256 * bytes[2]), _ => bytes[0] & 63 };
            if (!_streams.TryGetValue(id, out Chunks? stream))
            {
                if (_streams.Count >= MaxStreams)
                {
                    return NotMine;
                }

                _streams.Add(id, stream = new Chunks { Id = id });
            }

            ReadOnlySpan<byte> header = bytes.Slice(basic, size);
            uint time = size >= 3 ? (uint)((header[0] << 16) | (header[1] << 8) | header[2]) : stream.HasLongTime ? 0xFF_FFFFu : 0u;
            int extended = time == 0xFF_FFFF ? 4 : 0;
            if (bytes.Length < basic + size + extended)
            {
                return 0;
            }

            stream.HasLongTime = extended > 0;
            if (stream.Left == 0)
            {
                stream.Begin(format, extended > 0 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(basic + size)..]) : time, header);
            }

            _current = stream;
            _left = Math.Min(_chunkSize, stream.Left);
            return basic + size + extended;
        }

        private int TakeChunk(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            Chunks stream = _current!;
            int step = Math.Min(_left, bytes.Length);
            stream.Append(bytes[..Math.Min(step, MaxKept)], MaxKept);
            (_left, stream.Left) = (_left - step, stream.Left - step);
            if (_left == 0)
            {
                _current = null;
                if (stream.Left == 0)
                {
                    Complete(segment, stream);
                }
            }

            return step;
        }

        private void Complete(in StreamSegment segment, Chunks stream)
        {
            FieldValues message = segment.Message(Value, Fields.Messages);
            message.Add(Fields.Format, stream.Format);
            message.Add(Fields.Chunk, stream.Id);
            if (stream.Format < 3)
            {
                message.Add(stream.Format == 0 ? Fields.Timestamp : Fields.TimestampDelta, stream.Time);
            }

            if (stream.Format < 2)
            {
                message.Add(Fields.Size, stream.Size);
                message.Add(Fields.Type, stream.Type);
            }

            if (stream.Format == 0)
            {
                message.Add(Fields.Stream, stream.Stream);
            }

            ReadOnlySpan<byte> body = stream.Body;
            if (stream.Type == 1 && body.Length >= 4)
            {
                _chunkSize = (int)Math.Clamp(BinaryPrimitives.ReadUInt32BigEndian(body), 1, MaxChunk);
                message.Add(Fields.ChunkSize, _chunkSize);
            }
            else if (stream.Type is 5 or 6 && body.Length >= 4)
            {
                message.Add(Fields.Window, BinaryPrimitives.ReadUInt32BigEndian(body));
            }
            else if (stream.Type == 20 && body.Length >= 3 && body[0] == 2 && BinaryPrimitives.ReadUInt16BigEndian(body[1..]) is var length && length <= body.Length - 3)
            {
                // AMF 0: a text behind its type and its length.
                message.Add(Fields.Command, body.Slice(3, length));
            }
        }
    }

    /// <summary>A chunk stream: what its last header said, and the message that is on its way.</summary>
    private sealed class Chunks
    {
        private readonly List<byte> _body = [];

        public int Id { get; init; }

        public int Format { get; private set; }

        public uint Time { get; private set; }

        public int Size { get; private set; }

        public int Type { get; private set; }

        public uint Stream { get; private set; }

        public bool HasLongTime { get; set; }

        /// <summary>Bytes of the message that are still to come.</summary>
        public int Left { get; set; }

        public ReadOnlySpan<byte> Body => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_body);

        public void Begin(int format, uint time, ReadOnlySpan<byte> header)
        {
            (Format, Time) = (format, time);
            if (header.Length >= 7)
            {
                Size = (header[3] << 16) | (header[4] << 8) | header[5];
                Type = header[6];
            }

            Stream = header.Length >= 11 ? BinaryPrimitives.ReadUInt32LittleEndian(header[7..]) : Stream;
            Left = Size;
            _body.Clear();
        }

        public void Append(ReadOnlySpan<byte> bytes, int most) => _body.AddRange(bytes[..Math.Max(0, Math.Min(bytes.Length, most - _body.Count))]);
    }
}
