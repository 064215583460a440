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
        // Beyond it the bytes wait no longer: StreamSide would give up the direction. Of what is longer, the beginning is kept until the end has come.
        private const int MaxMessage = 120 << 10;
        private const int KeptOfLong = 16 << 10;

        private byte[] _beginning = [];
        private long _skipping;
        private int _length;

        public override bool HoldsBytes => _beginning.Length > 0;

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
                    if (_skipping == 0)
                    {
                        ShowBeginning(segment);
                    }

                    continue;
                }

                int length = frame(bytes[at..], fromClient);
                if (length < 0)
                {
                    return NotMine;
                }

                int there = bytes.Length - at;
                if (length > there && segment.IsCut)
                {
                    // The rest was not captured: what is there says what it says.
                    segment.Dissect(protocol, bytes[at..], length);
                    (_skipping, at) = (length - there, bytes.Length);
                    continue;
                }

                if (length > MaxMessage && there >= KeptOfLong)
                {
                    Begin(segment, bytes.Slice(at, KeptOfLong), length);
                    continue;
                }

                if (length == 0 || length > there)
                {
                    break;
                }

                segment.Dissect(protocol, bytes.Slice(at, length), length);
                at += length;
            }

            return at;
        }

        public override bool Skip(in StreamSegment segment, long missing)
        {
            if (missing > _skipping)
            {
                return false;
            }

            _skipping -= missing;
            if (_skipping == 0)
            {
                ShowBeginning(segment);
            }

            return true;
        }

        public override void GiveUp() => (_beginning, _skipping) = ([], 0);

        private void Begin(in StreamSegment segment, ReadOnlySpan<byte> beginning, int length)
        {
            (_skipping, _length) = (length, length);
            if (segment.TryHold(beginning.Length))
            {
                _beginning = beginning.ToArray();
            }
            else
            {
                segment.Dissect(protocol, beginning, length);
            }
        }

        private void ShowBeginning(in StreamSegment segment)
        {
            if (_beginning.Length > 0)
            {
                segment.Release(_beginning.Length);
                segment.Dissect(protocol, _beginning, _length);
                _beginning = [];
            }
        }
    }
}
