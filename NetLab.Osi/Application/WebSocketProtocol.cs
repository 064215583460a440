using System.Buffers.Binary;
using NetLab.Osi.Layers;
using NetLab.Osi.Session.Streams;

namespace NetLab.Osi.Application;

/// <summary>WebSocket (RFC 6455, 5.2): the frames of either direction, their payloads passed over.</summary>
internal sealed class WebSocketProtocol : StreamProtocol
{
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
        public List<(int Opcode, bool IsFinal, bool IsMasked, long Length)> Frames { get; } = [];

        public override void Describe(in LayerEntry entry, IFieldSink sink)
        {
            sink.BeginList("frames"u8);
            foreach ((int opcode, bool isFinal, bool isMasked, long length) in Frames)
            {
                sink.BeginItem();
                sink.Number("opcode"u8, opcode, entry.Offset, entry.Length, NameOf(opcode));
                sink.Flag("fin"u8, isFinal, entry.Offset, entry.Length);
                sink.Flag("masked"u8, isMasked, entry.Offset, entry.Length);
                sink.Number("length"u8, length, entry.Offset, entry.Length);
                sink.EndItem();
            }

            sink.EndList();
        }
    }

    private sealed class Parser : StreamParser
    {
        private (int Opcode, bool IsFinal, bool IsMasked, long Length) _frame;
        private long _left = -1;

        public override ProtocolId Protocol => ProtocolId.WebSocket;

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

                segment.Layer(ProtocolId.WebSocket, OsiLayer.Application, static () => new FramesDetail()).Frames.Add(_frame);
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

            _frame = (bytes[0] & 15, (bytes[0] & 0x80) != 0, isMasked, length);
            _left = length;
            return header;
        }
    }
}
