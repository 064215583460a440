using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>WebSocket (RFC 6455, 5.2): the frames of either direction, their payloads passed over.</summary>
internal sealed class WebSocketProtocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "websocket", OsiLayer.Application, "WebSocket", Fields.All, static (in StreamStart start) => new WebSocketProtocol());

    internal static class Fields
    {
        public static readonly Field Frames = Field.Group("frames");
        public static readonly Field Opcode = Field.Number("opcode", "websocket.opcode", names: static v => NameOf((int)v));
        public static readonly Field Fin = Field.Flag("fin", "websocket.fin", about: "The last frame of a message");
        public static readonly Field Masked = Field.Flag("masked", "websocket.mask", about: "The payload is masked");
        public static readonly Field Length = Field.Number("length", about: "Bytes of payload");

        public static readonly Field LengthCode = Field.Number(null, "websocket.payload_length", about: "Seven bits of length: 126 and 127 stand for a longer one");
        public static readonly Field Length16 = Field.Number(null, "websocket.payload_length_ext_16", about: "Bytes of payload, 126 to 65535");
        public static readonly Field Length64 = Field.Number(null, "websocket.payload_length_ext_64", about: "Bytes of payload, more than 65535");

        public static readonly Field[] All = [Frames, Opcode, Fin, Masked, Length, LengthCode, Length16, Length64];
    }

    protected override StreamParser Make(bool fromClient) => new Parser();

    private static string NameOf(int opcode) => opcode switch
    {
        0 => "continuation",
        1 => "text",
        2 => "binary",
        8 => "close",
        9 => "ping",
        10 => "pong",
        _ => "reserved",
    };

    private sealed class FramesDetail : LayerDetail
    {
        public List<(int Opcode, bool IsFinal, bool IsMasked, int Code, long Length)> Frames { get; } = [];

        public override void Describe(in LayerEntry entry, IFieldSink sink)
        {
            sink.BeginList(Fields.Frames);
            foreach ((int opcode, bool isFinal, bool isMasked, int code, long length) in Frames)
            {
                sink.BeginItem();
                sink.Number(Fields.Opcode, opcode, entry.Offset, entry.Length);
                sink.Flag(Fields.Fin, isFinal, entry.Offset, entry.Length);
                sink.Flag(Fields.Masked, isMasked, entry.Offset, entry.Length);
                sink.Number(Fields.Length, length, entry.Offset, entry.Length);
                if (sink.WantsHidden)
                {
                    sink.Number(Fields.LengthCode, code, entry.Offset, entry.Length);
                    if (code > 125)
                    {
                        sink.Number(code == 126 ? Fields.Length16 : Fields.Length64, length, entry.Offset, entry.Length);
                    }
                }

                sink.EndItem();
            }

            sink.EndList();
        }
    }

    private sealed class Parser : StreamParser
    {
        private (int Opcode, bool IsFinal, bool IsMasked, int Code, long Length) _frame;
        private long _left = -1;

        public override Protocol Protocol => WebSocketProtocol.Value;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (true)
            {
                if (_left < 0)
                {
                    int header = ReadHeader(bytes[at..]);
                    if (header <= 0)
                    {
                        return header < 0 ? NotMine : at;
                    }

                    at += header;
                }

                int step = (int)Math.Min(_left, bytes.Length - at);
                (at, _left) = (at + step, _left - step);
                if (_left > 0)
                {
                    return at;
                }

                segment.Layer(Value, static () => new FramesDetail()).Frames.Add(_frame);
                _left = -1;
            }
        }

        // Returns the header's length, 0 for more bytes needed, -1 for no WebSocket.
        private int ReadHeader(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < 2)
            {
                return 0;
            }

            int code = bytes[1] & 0x7F;
            int size = 2 + (code == 126 ? 2 : code == 127 ? 8 : 0);
            bool isMasked = (bytes[1] & 0x80) != 0;
            int header = size + (isMasked ? 4 : 0);
            if (bytes.Length < header)
            {
                return 0;
            }

            long length = code switch
            {
                126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
                127 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
                _ => code,
            };

            // RFC 6455, 5.2: the highest bit of 64 must be 0.
            if (length < 0)
            {
                return -1;
            }

            _frame = (bytes[0] & 15, (bytes[0] & 0x80) != 0, isMasked, code, length);
            _left = length;
            return header;
        }
    }
}
