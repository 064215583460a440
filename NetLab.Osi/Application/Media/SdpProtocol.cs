using System.Buffers.Text;
using System.Net;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application.Media;

/// <summary>A session description (RFC 8866): where the ends of a call take media. What goes there, or comes from there, is RTP or RTCP.</summary>
internal static class SdpProtocol
{
    private const int MaxMedia = 32;

    public static readonly Protocol Value = new("sdp", OsiLayer.Application, "Session Description Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Text(null, "sdp.version", about: "Version of the description");
        public static readonly Field User = Field.Text("user", "sdp.owner.username", about: "User who made the description");
        public static readonly Field Name = Field.Text("name", "sdp.session_name", about: "Name of the session");
        public static readonly Field Address = Field.Text("address", "sdp.connection_info.address", about: "Where media are taken", summary: true);
        public static readonly Field MediaList = Field.Group("media", "Media");
        public static readonly Field Media = Field.Text("media", "sdp.media.media", about: "Kind of a medium", summary: true);
        public static readonly Field Port = Field.Text("port", "sdp.media.port_string", about: "Port of a medium, as text");
        public static readonly Field PortNumber = Field.Number(null, "sdp.media.port", about: "Port of a medium", width: 2);
        public static readonly Field Transport = Field.Text("proto", "sdp.media.proto", about: "How a medium is carried");
        public static readonly Field Format = Field.Text(null, "sdp.media.format", about: "Formats of a medium");
        public static readonly Field MediaAttribute = Field.Text(null, "sdp.media_attr", about: "Attributes of media");

        public static readonly Field[] All = [Version, User, Name, Address, MediaList, Media, Port, PortNumber, Transport, Format, MediaAttribute];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> body = dissection.Bytes[offset..end];
        if (!body.StartsWith("v="u8))
        {
            return false;
        }

        dissection.Add(Value, offset, end - offset, end);
        Announce(dissection, body);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int media = 0;
        bool hasAddress = false;
        foreach (Range range in bytes.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = bytes[range].TrimEnd((byte)'\r');
            if (line.Length < 2 || line[1] != (byte)'=')
            {
                continue;
            }

            int start = at + range.GetOffsetAndLength(bytes.Length).Offset + 2;
            ReadOnlySpan<byte> value = line[2..];
            switch (line[0])
            {
                case (byte)'v' when media == 0:
                    sink.Text(Fields.Version, value, start, value.Length);
                    break;
                case (byte)'o' when media == 0:
                    ReadOnlySpan<byte> user = AsciiText.First(value, " "u8);
                    sink.Text(Fields.User, user, start, user.Length);
                    break;
                case (byte)'s' when media == 0:
                    sink.Text(Fields.Name, value, start, value.Length);
                    break;
                case (byte)'c' when (media == 0 && !hasAddress) || sink.WantsHidden:
                    // JSON and tree show the session's own; filters and columns those of media, too.
                    hasAddress = true;
                    ReadOnlySpan<byte> address = Word(value, 2);
                    sink.Text(Fields.Address, AsciiText.First(address, "/"u8), start, value.Length);
                    break;
                case (byte)'m' when media < MaxMedia:
                    if (media++ == 0)
                    {
                        sink.BeginList(Fields.MediaList);
                    }

                    DescribeMedia(value, start, sink);
                    break;
                case (byte)'a' when media > 0 && sink.WantsHidden:
                    sink.Text(Fields.MediaAttribute, value, start, value.Length);
                    break;
                default:
                    break;
            }
        }

        if (media > 0)
        {
            sink.EndList();
        }
    }

    // 5.14: audio 49170/2 RTP/AVP 0 8
    private static void DescribeMedia(ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        sink.BeginItem();
        sink.Text(Fields.Media, Word(value, 0), at, value.Length);
        ReadOnlySpan<byte> port = AsciiText.First(Word(value, 1), "/"u8);
        sink.Text(Fields.Port, port, at, value.Length);
        if (sink.WantsHidden && Utf8Parser.TryParse(port, out ushort number, out _))
        {
            sink.Number(Fields.PortNumber, number, at, value.Length);
        }

        sink.Text(Fields.Transport, Word(value, 2), at, value.Length);
        for (int i = 3; sink.WantsHidden && Word(value, i) is { IsEmpty: false } format && i < 64; i++)
        {
            sink.Text(Fields.Format, format, at, value.Length);
        }

        sink.EndItem();
    }

    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> line, int index)
    {
        while (index-- > 0)
        {
            int blank = line.IndexOf((byte)' ');
            if (blank < 0)
            {
                return default;
            }

            line = line[(blank + 1)..];
        }

        return AsciiText.First(line, " "u8);
    }

    // The address of the session holds for media that have none of their own behind them.
    private static void Announce(in Dissection dissection, ReadOnlySpan<byte> body)
    {
        IPAddress? ofSession = null;
        IPAddress? ofMedia = null;
        int? port = null;
        foreach (Range range in body.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = body[range].TrimEnd((byte)'\r');
            if (line.StartsWith("c="u8) && port is null)
            {
                ofSession = AddressIn(line[2..]);
            }
            else if (line.StartsWith("c="u8))
            {
                ofMedia = AddressIn(line[2..]);
            }
            else if (line.StartsWith("m="u8))
            {
                Expect(dissection, ofMedia ?? ofSession, port ?? 0);
                (port, ofMedia) = (PortIn(line[2..]), null);
            }
        }

        Expect(dissection, ofMedia ?? ofSession, port ?? 0);
    }

    // RFC 3550, 11: control of the transfer has the next port.
    private static void Expect(in Dissection dissection, IPAddress? address, int port)
    {
        if (address is not null && port is > 0 and < 65535)
        {
            dissection.Expect(RtpProtocol.Value, address, port);
            dissection.Expect(RtcpProtocol.Value, address, port + 1, isImplied: true);
        }
    }

    // 5.7: IN IP4 192.0.2.1/127
    private static IPAddress? AddressIn(ReadOnlySpan<byte> value) =>
        IPAddress.TryParse(AsciiText.First(Word(value, 2), "/"u8), out IPAddress? address) ? address : null;

    // Port 0 says that the medium is not taken.
    private static int PortIn(ReadOnlySpan<byte> value) =>
        Word(value, 2).StartsWith("RTP/"u8) && Utf8Parser.TryParse(AsciiText.First(Word(value, 1), "/"u8), out ushort port, out _) ? port : 0;
}
