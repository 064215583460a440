using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>SSH (RFC 4253): the banner of either side, and the messages of the key exchange; what follows them nobody can read.</summary>
internal sealed class SshProtocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "ssh", OsiLayer.Application, "Secure Shell", Fields.All, static (in StreamStart start) => new SshProtocol());

    internal static class Fields
    {
        public static readonly Field Banner = Field.Text("banner", "ssh.protocol", about: "Version and program of a side", summary: true);
        public static readonly Field Messages = Field.Number("messages", "ssh.message_code", about: "Messages that are not encrypted", names: static v => NameOf((int)v), summary: true, width: 1);
        public static readonly Field KexAlgorithms = Field.Text(null, "ssh.kex_algorithms", about: "Key exchanges offered");
        public static readonly Field HostKeyAlgorithms = Field.Text(null, "ssh.server_host_key_algorithms", about: "Kinds of host keys offered");
        public static readonly Field EncryptionToServer = Field.Text(null, "ssh.encryption_algorithms_client_to_server", about: "Ciphers offered for what the client sends");
        public static readonly Field EncryptionToClient = Field.Text(null, "ssh.encryption_algorithms_server_to_client", about: "Ciphers offered for what the server sends");

        public static readonly Field[] All = [Banner, Messages, KexAlgorithms, HostKeyAlgorithms, EncryptionToServer, EncryptionToClient];

        /// <summary>The lists of names that a KEXINIT begins with (7.1).</summary>
        public static readonly Field[] Offers = [KexAlgorithms, HostKeyAlgorithms, EncryptionToServer, EncryptionToClient];
    }

    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith("SSH-2.0-"u8) || bytes.StartsWith("SSH-1."u8);

    protected override StreamParser Make(bool fromClient) => new Parser();

    // RFC 4250, 4.1.2.
    private static string? NameOf(int code) => code switch
    {
        1 => "disconnect",
        2 => "ignore",
        3 => "unimplemented",
        4 => "debug",
        5 => "service request",
        6 => "service accept",
        7 => "extensions",
        KeyExchangeInit => "key exchange init",
        NewKeys => "new keys",
        >= 30 and <= 49 => "key exchange",
        _ => null,
    };

    private const int KeyExchangeInit = 20;
    private const int NewKeys = 21;

    private sealed class SshDetail : LayerDetail
    {
        public List<string> Banner { get; } = [];

        public List<int> Messages { get; } = [];

        public FieldValues More { get; } = new();

        public override void Describe(in LayerEntry entry, IFieldSink sink)
        {
            if (Banner.Count > 0)
            {
                sink.Texts(Fields.Banner, Banner, entry.Offset, entry.Length);
            }

            if (Messages.Count > 0)
            {
                sink.Numbers(Fields.Messages, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Messages), entry.Offset, entry.Length);
            }

            More.Describe(entry.Offset, entry.Length, sink);
        }
    }

    private sealed class Parser : StreamParser
    {
        // RFC 4253, 4.2 and 6.1: a banner has 255 bytes at most, lines before it may be longer; a packet that nobody encrypts is smaller than this.
        private const int MaxLine = 4096;
        private const int MaxPacket = 64 << 10;
        private const int PacketHeader = 5;

        private State _state;

        private enum State
        {
            Banner,
            Packets,
            Encrypted,
        }

        public override Protocol Protocol => SshProtocol.Value;

        public override bool Skip(in StreamSegment segment, long missing)
        {
            // What follows a hole may be encrypted, and nothing tells.
            _state = State.Encrypted;
            return true;
        }

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (at < bytes.Length)
            {
                if (_state == State.Encrypted)
                {
                    return bytes.Length;
                }

                int taken = _state == State.Banner ? TakeLine(segment, bytes[at..]) : TakePacket(segment, bytes[at..]);
                if (taken <= 0)
                {
                    return taken < 0 ? NotMine : at;
                }

                at += taken;
            }

            return at;
        }

        // RFC 4253, 4.2: a server may send other lines before its banner.
        private int TakeLine(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int end = bytes.IndexOf((byte)'\n');
            if (end < 0)
            {
                return bytes.Length > MaxLine ? NotMine : 0;
            }

            ReadOnlySpan<byte> line = bytes[..end].TrimEnd((byte)'\r');
            if (line.StartsWith("SSH-"u8))
            {
                // Version 1 has packets of another form.
                _state = line.StartsWith("SSH-1."u8) && !line.StartsWith("SSH-1.99"u8) ? State.Encrypted : State.Packets;
                segment.Layer(Value, static () => new SshDetail()).Banner.Add(AsciiText.Text(line));
            }

            return end + 1;
        }

        // 6: length, length of the padding, payload, padding.
        private int TakePacket(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < PacketHeader)
            {
                return 0;
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            if (length is < 2 or > MaxPacket || bytes[4] + 2 > length)
            {
                _state = State.Encrypted;
                return bytes.Length;
            }

            int size = 4 + (int)length;
            if (bytes.Length < size)
            {
                return 0;
            }

            ReadOnlySpan<byte> payload = bytes[PacketHeader..(size - bytes[4])];
            SshDetail detail = segment.Layer(Value, static () => new SshDetail());
            detail.Messages.Add(payload[0]);
            if (payload[0] == KeyExchangeInit)
            {
                TakeOffers(detail.More, payload);
            }

            _state = payload[0] == NewKeys ? State.Encrypted : _state;
            return size;
        }

        private static void TakeOffers(FieldValues values, ReadOnlySpan<byte> payload)
        {
            // Behind the code and sixteen random bytes.
            int at = 17;
            foreach (Field field in Fields.Offers)
            {
                if (at + 4 > payload.Length || BinaryPrimitives.ReadUInt32BigEndian(payload[at..]) is var size && size > payload.Length - at - 4)
                {
                    return;
                }

                values.Add(field, payload.Slice(at + 4, (int)size));
                at += 4 + (int)size;
            }
        }
    }
}
