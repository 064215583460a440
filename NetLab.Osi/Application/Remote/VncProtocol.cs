using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Remote;

/// <summary>VNC, the Remote Framebuffer Protocol (RFC 6143): versions and how the client is authenticated. Screens are passed over.</summary>
internal sealed class VncProtocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "vnc", OsiLayer.Application, "Virtual Network Computing", Fields.All, static (in StreamStart start) => Begins(start.Bytes) ? new VncProtocol() : null);

    private const int VersionSize = 12;

    private string? _version;

    private static class Fields
    {
        public static readonly Field Messages = Field.Group("messages", "Messages");
        public static readonly Field ServerVersion = Field.Text("server_version", "vnc.server_proto_ver", about: "Version of the server", summary: true);
        public static readonly Field ClientVersion = Field.Text("client_version", "vnc.client_proto_ver", about: "Version of the client", summary: true);
        public static readonly Field SecurityTypes = Field.Number("security_types", "vnc.security_type", names: static v => NameOf((int)v), about: "Ways of authentication that are offered", width: 1);
        public static readonly Field Chosen = Field.Number("security_type", "vnc.client_security_type", names: static v => NameOf((int)v), about: "Way of authentication that is taken", width: 1);

        public static readonly Field[] All = [Messages, ServerVersion, ClientVersion, SecurityTypes, Chosen];
    }

    /// <summary>Whether bytes begin with a version (7.1.1).</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= VersionSize && bytes.StartsWith("RFB "u8) && bytes[7] == (byte)'.' && bytes[11] == (byte)'\n';

    protected override StreamParser Make(bool fromClient) => new Parser(this, fromClient);

    private static string? NameOf(int type) => type switch
    {
        0 => "invalid",
        1 => "none",
        2 => "VNC authentication",
        5 or 6 => "RSA",
        16 => "tight",
        18 => "TLS",
        19 => "VeNCrypt",
        30 => "Mac OS X",
        _ => null,
    };

    private sealed class Parser(VncProtocol protocol, bool fromClient) : StreamParser
    {
        private int _step;

        public override Protocol Protocol => Value;

        public override bool Skip(in StreamSegment segment, long missing)
        {
            _step = 2;
            return true;
        }

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (at < bytes.Length)
            {
                int taken = _step switch
                {
                    0 => TakeVersion(segment, bytes[at..]),
                    1 => fromClient ? TakeChoice(segment, bytes[at..]) : TakeOffer(segment, bytes[at..]),
                    _ => bytes.Length - at,
                };
                if (taken <= 0)
                {
                    return taken < 0 ? NotMine : at;
                }

                at += taken;
            }

            return at;
        }

        private int TakeVersion(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < VersionSize)
            {
                return 0;
            }

            if (!Begins(bytes))
            {
                return NotMine;
            }

            ReadOnlySpan<byte> version = bytes[4..11];
            segment.Message(Value, Fields.Messages).Add(fromClient ? Fields.ClientVersion : Fields.ServerVersion, version);
            if (fromClient)
            {
                protocol._version = System.Text.Encoding.ASCII.GetString(version);
            }

            _step = 1;
            return VersionSize;
        }

        // 7.1.2: a count and as many types; before version 3.7, one type of four bytes that the server chooses.
        private int TakeOffer(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            bool isOld = string.CompareOrdinal(protocol._version, "003.007") < 0;
            int size = isOld ? 4 : 1 + bytes[0];
            if (bytes.Length < size)
            {
                return 0;
            }

            FieldValues message = segment.Message(Value, Fields.Messages);
            if (isOld)
            {
                message.Add(Fields.SecurityTypes, BinaryPrimitives.ReadUInt32BigEndian(bytes));
            }

            foreach (byte type in isOld ? default : bytes[1..size])
            {
                message.Add(Fields.SecurityTypes, type);
            }

            _step = 2;
            return size;
        }

        private int TakeChoice(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            _step = 2;
            if (string.CompareOrdinal(protocol._version, "003.007") < 0)
            {
                return bytes.Length;
            }

            segment.Message(Value, Fields.Messages).Add(Fields.Chosen, bytes[0]);
            return 1;
        }
    }
}
