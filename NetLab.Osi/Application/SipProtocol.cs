using NetLab.Osi.Application.Media;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>SIP over TCP (RFC 3261, 18.3): header, empty line, a body of the announced length.</summary>
internal sealed class SipProtocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "sip", OsiLayer.Application, "Session Initiation Protocol", SipDetail.Fields.All, static (in StreamStart start) => new SipProtocol(), Dissect);

    private const int MaxHeader = 64 << 10;

    /// <summary>Whether bytes begin with a request line or a status line.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("SIP/2.0 "u8))
        {
            return true;
        }

        int end = bytes[..Math.Min(bytes.Length, 1024)].IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? default : bytes[..end].TrimEnd((byte)'\r');
        return line.EndsWith(" SIP/2.0"u8) && char.IsAsciiLetterUpper((char)line[0]);
    }

    /// <summary>Takes the payload of a UDP datagram.</summary>
    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (!Begins(bytes))
        {
            return false;
        }

        var detail = new SipDetail();
        int header = EndOfHeader(bytes, out int body);
        int size = detail.Add(header < 0 ? bytes : bytes[..header], out string? mediaType);
        dissection.Add(Value, offset, bytes.Length, end, detail);
        if (header >= 0 && ReaderOf(dissection.Registry, mediaType, bytes[body..]) is { } reader)
        {
            int bodyEnd = size < 0 ? end : Math.Min(end, offset + body + size);
            if (bodyEnd > offset + body)
            {
                reader.Dissect(dissection.EndingAt(Math.Max(bodyEnd, size < 0 ? dissection.WireEnd : offset + body + size)), offset + body, bodyEnd);
            }
        }

        return true;
    }

    protected override StreamParser Make(bool fromClient) => new Parser();

    // Who takes a body apart: its media type says so, and where it is not told, that it begins like a description.
    private static Protocol? ReaderOf(ProtocolRegistry registry, string? mediaType, ReadOnlySpan<byte> body) =>
        mediaType is not null ? registry.FindContentType(mediaType)?.Protocol : body.StartsWith("v=0"u8) ? SdpProtocol.Value : null;

    // Where the lines of the header end, and where the body begins; -1 if the empty line is not there.
    private static int EndOfHeader(ReadOnlySpan<byte> bytes, out int body)
    {
        int end = bytes.IndexOf("\r\n\r\n"u8);
        body = end + 4;
        if (end < 0)
        {
            end = bytes.IndexOf("\n\n"u8);
            body = end + 2;
        }

        return end;
    }

    private sealed class Parser : StreamParser
    {
        // What a body longer than this says is not looked at.
        private const int MaxBody = 64 << 10;

        private int _body;

        public override Protocol Protocol => SipProtocol.Value;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (at < bytes.Length)
            {
                int step = Math.Min(_body, bytes.Length - at);
                (_body, at) = (_body - step, at + step);

                // RFC 5626, 3.5.1: empty lines between messages keep the connection alive.
                while (_body == 0 && at < bytes.Length && bytes[at] is (byte)'\r' or (byte)'\n')
                {
                    at++;
                }

                if (at == bytes.Length)
                {
                    break;
                }

                int header = EndOfHeader(bytes[at..], out int body);
                if (header < 0)
                {
                    return bytes.Length - at > MaxHeader ? NotMine : at;
                }

                if (!Begins(bytes[at..]))
                {
                    return NotMine;
                }

                // A message is shown once its body is there.
                int length = Math.Max(0, SipDetail.BodyLength(bytes.Slice(at, header)));
                if (length <= MaxBody && length > bytes.Length - at - body)
                {
                    return at;
                }

                segment.Layer(Value, static () => new SipDetail()).Add(bytes.Slice(at, header), out string? mediaType);
                at += body;
                _body = length;
                if (length > 0 && length <= bytes.Length - at && ReaderOf(segment.Registry, mediaType, bytes.Slice(at, length)) is { } reader)
                {
                    segment.Dissect(reader, bytes.Slice(at, length), length);
                }
            }

            return at;
        }
    }
}
