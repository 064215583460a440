using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Net;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application.Media;

/// <summary>RTSP (RFC 2326, RFC 7826): requests and responses of HTTP's form, and media between them.</summary>
internal sealed class RtspProtocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "rtsp", OsiLayer.Application, "Real Time Streaming Protocol", Fields.All, static (in StreamStart start) => new RtspProtocol());

    private const int MaxHeader = 64 << 10;
    private const int MaxBody = 64 << 10;

    private static class Fields
    {
        public static readonly Field Messages = Field.Group("messages", "Messages");
        public static readonly Field Request = Field.Text(null, "rtsp.request", about: "First line of a request");
        public static readonly Field Method = Field.Text("method", "rtsp.method", about: "Method", summary: true);
        public static readonly Field Url = Field.Text("url", "rtsp.url", about: "What it is about", summary: true);
        public static readonly Field Response = Field.Text(null, "rtsp.response", about: "First line of a response");
        public static readonly Field Status = Field.Number("status", "rtsp.status", about: "Status", summary: true, width: 4);
        public static readonly Field Session = Field.Text("session", "rtsp.session", about: "Session");
        public static readonly Field Transport = Field.Text("transport", "rtsp.transport", about: "How media are carried");
        public static readonly Field ContentType = Field.Text("content_type", "rtsp.content-type", about: "Media type of the body");
        public static readonly Field ContentLength = Field.Number("content_length", "rtsp.content-length", about: "Bytes of the body", width: 4);

        public static readonly Field[] All = [Messages, Request, Method, Url, Response, Status, Session, Transport, ContentType, ContentLength];
    }

    /// <summary>Whether bytes begin with a request or a response.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("RTSP/1.0 "u8) || bytes.StartsWith("RTSP/2.0 "u8))
        {
            return true;
        }

        int end = bytes[..Math.Min(bytes.Length, 1024)].IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? default : bytes[..end].TrimEnd((byte)'\r');
        return (line.EndsWith(" RTSP/1.0"u8) || line.EndsWith(" RTSP/2.0"u8)) && char.IsAsciiLetterUpper((char)line[0]);
    }

    protected override StreamParser Make(bool fromClient) => new Parser(fromClient);

    private sealed class Parser(bool fromClient) : StreamParser
    {
        private int _skipping;
        private bool _isResuming;

        public override Protocol Protocol => Value;

        public override bool Skip(in StreamSegment segment, long missing)
        {
            (_skipping, _isResuming) = (0, true);
            return true;
        }

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (at < bytes.Length)
            {
                int step = Math.Min(_skipping, bytes.Length - at);
                (at, _skipping) = (at + step, _skipping - step);
                if (at == bytes.Length)
                {
                    break;
                }

                int taken = bytes[at] switch
                {
                    (byte)'$' => TakeMedia(segment, bytes[at..]),
                    (byte)'\r' or (byte)'\n' => 1,
                    _ => TakeMessage(segment, bytes[at..]),
                };
                if (taken <= 0)
                {
                    return taken < 0 ? NotMine : at;
                }

                at += taken;
            }

            return at;
        }

        // RFC 2326, 10.12: a dollar, a channel, a length; even channels are media, odd ones their control.
        private static int TakeMedia(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int size = bytes.Length < 4 ? int.MaxValue : 4 + BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            if (bytes.Length < size)
            {
                return 0;
            }

            segment.Show(Value);
            segment.Dissect((bytes[1] & 1) == 0 ? RtpProtocol.Value : RtcpProtocol.Value, bytes[4..size], size - 4);
            return size;
        }

        private int TakeMessage(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int end = bytes.IndexOf("\r\n\r\n"u8);
            if (!Begins(bytes))
            {
                return _isResuming ? bytes.Length : end < 0 && bytes.Length < 1024 ? 0 : NotMine;
            }

            if (end < 0)
            {
                return bytes.Length > MaxHeader ? NotMine : 0;
            }

            var header = new RtspHeader(bytes[..end]);
            int body = Math.Max(0, header.ContentLength);
            if (body <= MaxBody && body > bytes.Length - end - 4)
            {
                return 0;
            }

            _isResuming = false;
            FieldValues message = segment.Message(Value, Fields.Messages);
            AddFirstLine(message, bytes[..(bytes.IndexOf((byte)'\n') + 1)]);
            header.AddTo(message);
            Announce(segment, header.Transport);
            int rest = bytes.Length - end - 4;
            if (body > rest)
            {
                _skipping = body - rest;
                return bytes.Length;
            }

            if (header.ContentType is { } type && body > 0 && segment.Registry.FindContentType(type)?.Protocol is { } reader)
            {
                segment.Dissect(reader, bytes.Slice(end + 4, body), body);
            }

            return end + 4 + body;
        }

        private static void AddFirstLine(FieldValues message, ReadOnlySpan<byte> line)
        {
            ReadOnlySpan<byte> first = AsciiText.First(line, " "u8);
            ReadOnlySpan<byte> second = AsciiText.First(line[Math.Min(line.Length, first.Length + 1)..], " \r\n"u8);
            if (line.StartsWith("RTSP/"u8))
            {
                message.Add(Fields.Response, line);
                if (Utf8Parser.TryParse(second, out ushort status, out _))
                {
                    message.Add(Fields.Status, status);
                }

                return;
            }

            message.Add(Fields.Request, line);
            message.Add(Fields.Method, first);
            message.Add(Fields.Url, second);
        }

        // RFC 2326, 12.39: client_port=3456-3457;server_port=5000-5001, at the ends of the connection.
        private void Announce(in StreamSegment segment, string? transport)
        {
            foreach (string part in transport?.Split(';') ?? [])
            {
                int equals = part.IndexOf('=', StringComparison.Ordinal);
                IPAddress? address = equals < 0 ? null : part[..equals] switch
                {
                    "client_port" => (segment.FromClient == fromClient) ? segment.Stream.Client.Address : segment.Stream.Server.Address,
                    "server_port" => (segment.FromClient == fromClient) ? segment.Stream.Server.Address : segment.Stream.Client.Address,
                    _ => null,
                };
                if (address is not null && int.TryParse(part.AsSpan(equals + 1).ToString().Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65535)
                {
                    segment.Expect(RtpProtocol.Value, address, port);
                    segment.Expect(RtcpProtocol.Value, address, port + 1, isImplied: true);
                }
            }
        }
    }

    /// <summary>The header fields that say something of the message.</summary>
    private readonly ref struct RtspHeader
    {
        private readonly ReadOnlySpan<byte> _session;
        private readonly ReadOnlySpan<byte> _transport;
        private readonly ReadOnlySpan<byte> _type;

        public RtspHeader(ReadOnlySpan<byte> header)
        {
            ContentLength = -1;
            foreach (Range range in header.Split((byte)'\n'))
            {
                ReadOnlySpan<byte> line = header[range].TrimEnd((byte)'\r');
                ReadOnlySpan<byte> name = AsciiText.First(line, ":"u8);
                ReadOnlySpan<byte> value = line[Math.Min(line.Length, name.Length + 1)..].Trim((byte)' ');
                if (AsciiText.Same(name, "Session"u8))
                {
                    _session = AsciiText.First(value, ";"u8);
                }
                else if (AsciiText.Same(name, "Transport"u8))
                {
                    _transport = value;
                }
                else if (AsciiText.Same(name, "Content-Type"u8))
                {
                    _type = value;
                }
                else if (AsciiText.Same(name, "Content-Length"u8) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int length))
                {
                    ContentLength = length;
                }
            }
        }

        public int ContentLength { get; }

        public string? Transport => _transport.IsEmpty ? null : AsciiText.Text(_transport);

        public string? ContentType => _type.IsEmpty ? null : AsciiText.Text(_type);

        public void AddTo(FieldValues message)
        {
            foreach ((Field field, bool isThere) in (ReadOnlySpan<(Field, bool)>)[(Fields.Session, !_session.IsEmpty), (Fields.Transport, !_transport.IsEmpty), (Fields.ContentType, !_type.IsEmpty)])
            {
                if (isThere)
                {
                    message.Add(field, field == Fields.Session ? _session : field == Fields.Transport ? _transport : _type);
                }
            }

            if (ContentLength >= 0)
            {
                message.Add(Fields.ContentLength, ContentLength);
            }
        }
    }
}
