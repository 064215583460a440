using System.Buffers.Binary;
using NetLab.Osi.Layers;
using NetLab.Osi.Session.Streams;

namespace NetLab.Osi.Application;

/// <summary>HTTP/2 (RFC 9113, 4.1): its frames; header blocks are compressed and stay so.</summary>
internal sealed class Http2Protocol : StreamProtocol
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length >= 16 && bytes.StartsWith(Preface[..16]);

    protected override StreamParser Make(bool fromClient) => new Parser();

    private static string NameOf(int type) => type switch
    {
        0 => "DATA",
        1 => "HEADERS",
        2 => "PRIORITY",
        3 => "RST_STREAM",
        4 => "SETTINGS",
        5 => "PUSH_PROMISE",
        6 => "PING",
        7 => "GOAWAY",
        8 => "WINDOW_UPDATE",
        9 => "CONTINUATION",
        _ => "unknown",
    };

    private sealed class FramesDetail : LayerDetail
    {
        public List<(int Type, int Flags, uint Stream, int Length)> Frames { get; } = [];

        public override void Describe(in LayerEntry entry, IFieldSink sink)
        {
            sink.BeginList("frames"u8);
            foreach ((int type, int flags, uint stream, int length) in Frames)
            {
                sink.BeginItem();
                sink.Number("type"u8, type, entry.Offset, entry.Length, NameOf(type));
                sink.Number("flags"u8, flags, entry.Offset, entry.Length);
                sink.Number("stream"u8, stream, entry.Offset, entry.Length);
                sink.Number("length"u8, length, entry.Offset, entry.Length);
                sink.EndItem();
            }

            sink.EndList();
        }
    }

    private sealed class Parser : StreamParser
    {
        private const int HeaderSize = 9;

        private (int Type, int Flags, uint Stream, int Length) _frame;
        private bool _sawFirst;
        private int _left = -1;

        public override ProtocolId Protocol => ProtocolId.Http2;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            if (!_sawFirst)
            {
                if (Begins(bytes) && bytes.Length < Preface.Length)
                {
                    return 0;
                }

                at = bytes.StartsWith(Preface) ? Preface.Length : 0;
                _sawFirst = true;
            }

            while (true)
            {
                if (_left < 0)
                {
                    if (bytes.Length - at < HeaderSize)
                    {
                        return at;
                    }

                    uint word = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
                    uint stream = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 5)..]) & 0x7FFF_FFFF;
                    _frame = ((int)(word & 0xFF), bytes[at + 4], stream, (int)(word >> 8));
                    (_left, at) = (_frame.Length, at + HeaderSize);
                }

                int step = Math.Min(_left, bytes.Length - at);
                (at, _left) = (at + step, _left - step);
                if (_left > 0)
                {
                    return at;
                }

                segment.Layer(ProtocolId.Http2, OsiLayer.Application, static () => new FramesDetail()).Frames.Add(_frame);
                _left = -1;
            }
        }
    }
}
