using System.Buffers.Binary;
using NetLab.Osi.Layers;
using NetLab.Osi.Session.Streams;

namespace NetLab.Osi.Application;

/// <summary>DNS messages in a stream, each behind two bytes of length (RFC 1035, 4.2.2).</summary>
internal sealed class DnsStreamProtocol : StreamProtocol
{
    protected override StreamParser Make(bool fromClient) => new Parser();

    private sealed class MessageDetail(byte[] bytes) : LayerDetail
    {
        public override void Describe(in LayerEntry entry, IFieldSink sink) => new DnsMessage(bytes).Describe(0, sink);
    }

    private sealed class Parser : StreamParser
    {
        private const int LengthSize = 2;

        public override ProtocolId Protocol => ProtocolId.Dns;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (bytes.Length - at >= LengthSize)
            {
                int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
                if (length < DnsMessage.HeaderSize)
                {
                    return NotMine;
                }

                if (bytes.Length - at - LengthSize < length)
                {
                    break;
                }

                segment.Add(ProtocolId.Dns, OsiLayer.Application, new MessageDetail(bytes.Slice(at + LengthSize, length).ToArray()));
                at += LengthSize + length;
            }

            return at;
        }
    }
}
