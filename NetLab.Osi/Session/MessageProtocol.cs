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

                if (IsClientHello(bytes[at..]))
                {
                    // Both agreed to go on in TLS: LDAP's StartTLS (RFC 4511, 4.14), the requests of PostgreSQL and MySQL, and the like.
                    segment.Application.Switch(null, StreamApplication.NoPort);
                    break;
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

        // A record of TLS 1.x with a handshake whose first message is a ClientHello (RFC 8446, 4 and 5.1), of the lengths that both say: no message of any of these protocols begins so.
        private static bool IsClientHello(ReadOnlySpan<byte> bytes) =>
            bytes.Length >= 11 && bytes[0] == 22 && bytes[1] == 3 && bytes[2] <= 3 && bytes[5] == 1 && bytes[6] == 0 && bytes[9] == 3 && bytes[10] <= 3
            && ((bytes[7] << 8) | bytes[8]) + 4 >= ((bytes[3] << 8) | bytes[4]);

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
