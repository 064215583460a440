using NetLab.Osi.Protocols;

namespace NetLab.Osi.Session;

/// <summary>A stream that is one message after another, each behind what says how long it is.</summary>
/// <param name="protocol">The protocol of the messages.</param>
/// <param name="frame">Says how long the next one is.</param>
internal sealed class MessageProtocol(StreamedProtocol protocol, MessageFrame frame) : StreamProtocol
{
    protected override StreamParser Make(bool fromClient) => new Parser(protocol, frame, fromClient);

    private sealed class Parser(StreamedProtocol protocol, MessageFrame frame, bool fromClient) : StreamParser
    {
        // Beyond it the bytes wait no longer: StreamSide would give up the direction. What is longer is passed over.
        private const int MaxMessage = 120 << 10;

        private long _skipping;

        public override Protocol Protocol => protocol;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (at < bytes.Length)
            {
                if (_skipping > 0)
                {
                    int step = (int)Math.Min(_skipping, bytes.Length - at);
                    (_skipping, at) = (_skipping - step, at + step);
                    continue;
                }

                int length = frame(bytes[at..], fromClient);
                if (length < 0)
                {
                    return NotMine;
                }

                if (length > MaxMessage)
                {
                    // Its beginning says the most.
                    segment.Dissect(protocol, bytes[at..], length);
                    _skipping = length;
                    continue;
                }

                if (length == 0 || length > bytes.Length - at)
                {
                    break;
                }

                segment.Dissect(protocol, bytes.Slice(at, length), length);
                at += length;
            }

            return at;
        }
    }
}
