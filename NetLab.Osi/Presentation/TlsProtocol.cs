using System.Buffers.Binary;
using NetLab.Osi.Layers;
using NetLab.Osi.Session.Streams;

namespace NetLab.Osi.Presentation;

/// <summary>TLS (RFC 8446, RFC 5246): what both directions of a connection know of each other.</summary>
/// <param name="application">The stream's.</param>
/// <param name="mayResume">Whether the port says that it is TLS, so that what does not begin like a record is the middle of one.</param>
internal sealed class TlsProtocol(StreamApplication application, bool mayResume) : StreamProtocol
{
    private const int HeaderSize = 5;

    // RFC 5246, 6.2.3: 2^14 bytes, and 2048 that a cipher and a compression may add.
    private const int MaxRecord = (1 << 14) + 2048;

    public bool MayResume { get; } = mayResume;

    public StreamApplication Application { get; } = application;

    /// <summary>Whether TLS 1.3 was chosen: then a change of cipher spec is only for show (RFC 8446, D.4).</summary>
    public bool IsVersion13 { get; set; }

    /// <summary>Whether bytes begin with the header of a record that has a body: one in three million segments would by chance.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length > HeaderSize && bytes[0] <= TlsNumbers.ApplicationData && IsRecord(bytes) && (bytes[3] | bytes[4]) != 0;

    /// <summary>Whether bytes may begin a record, as far as they go.</summary>
    public static bool IsRecord(ReadOnlySpan<byte> bytes)
    {
        bool type = bytes[0] is >= TlsNumbers.ChangeCipherSpec and <= TlsNumbers.ApplicationData + 1;
        bool version = bytes.Length < 2 || bytes[1] == 3;
        bool minor = bytes.Length < 3 || bytes[2] <= 4;
        return type && version && minor && (bytes.Length < HeaderSize || BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]) <= MaxRecord);
    }

    protected override StreamParser Make(bool fromClient) => new TlsParser(this);

    internal sealed class TlsParser(TlsProtocol protocol) : StreamParser
    {
        // Certificates are the longest of messages that are not encrypted; whoever sends more has no handshake in mind.
        private const int MaxHandshake = 256 << 10;
        private const int MessageHeader = 4;

        private List<byte>? _handshake;
        private int _skipping;
        private bool _isEncrypted;

        public override ProtocolId Protocol => ProtocolId.Tls;

        public override OsiLayer Layer => OsiLayer.Presentation;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (at < bytes.Length)
            {
                ReadOnlySpan<byte> rest = bytes[at..];
                if (_skipping > 0)
                {
                    at += Skip(segment, rest);
                    continue;
                }

                if (!IsRecord(rest))
                {
                    // In the middle of a record whose beginning was not captured: the next one may begin with a segment.
                    return protocol.MayResume ? bytes.Length : NotMine;
                }

                if (rest.Length < HeaderSize)
                {
                    break;
                }

                int length = BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
                if (rest[0] == TlsNumbers.ApplicationData && length > 0)
                {
                    // Nobody can read it: it is passed over as it comes.
                    _skipping = length;
                    at += HeaderSize;
                    continue;
                }

                if (rest.Length < HeaderSize + length)
                {
                    break;
                }

                TlsDetail detail = DetailOn(segment);
                detail.Records.Add(rest[0]);
                Take(detail, rest[0], rest.Slice(HeaderSize, length));
                at += HeaderSize + length;
            }

            return at;
        }

        private static TlsDetail DetailOn(in StreamSegment segment) => segment.Layer(ProtocolId.Tls, OsiLayer.Presentation, static () => new TlsDetail());

        private int Skip(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int step = Math.Min(_skipping, bytes.Length);
            _skipping -= step;
            if (_skipping == 0)
            {
                DetailOn(segment).Records.Add(TlsNumbers.ApplicationData);
            }

            return step;
        }

        private void Take(TlsDetail detail, int type, ReadOnlySpan<byte> body)
        {
            switch (type)
            {
                case TlsNumbers.ChangeCipherSpec:
                    _isEncrypted = !protocol.IsVersion13;
                    _handshake = null;
                    break;
                case TlsNumbers.Alert when !_isEncrypted && body.Length == 2:
                    detail.Alerts.Add(body[1]);
                    break;
                case TlsNumbers.Handshake when !_isEncrypted:
                    TakeHandshake(detail, body);
                    break;
                default:
                    break;
            }
        }

        // A message may span records, and a record hold several (RFC 8446, 5.1).
        private void TakeHandshake(TlsDetail detail, ReadOnlySpan<byte> body)
        {
            _handshake?.AddRange(body);
            ReadOnlySpan<byte> bytes = _handshake is null ? body : System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_handshake);
            int at = 0;
            while (bytes.Length - at >= MessageHeader)
            {
                int length = (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) & 0xFF_FFFF);
                if (length > MaxHandshake)
                {
                    at = bytes.Length;
                    break;
                }

                if (bytes.Length - at - MessageHeader < length)
                {
                    break;
                }

                detail.Add(bytes[at], bytes.Slice(at + MessageHeader, length), out _, out ServerHello? hello);
                protocol.IsVersion13 |= hello?.SelectedVersion == TlsNumbers.Tls13;
                at += MessageHeader + length;
            }

            bytes = bytes[at..];
            _handshake = bytes.IsEmpty ? null : [.. bytes];
        }
    }
}
