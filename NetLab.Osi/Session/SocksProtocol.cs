using System.Buffers.Binary;
using System.Net;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Session;

/// <summary>SOCKS 4 and 5 (RFC 1928): who is asked for; what follows the answer is recognized anew.</summary>
internal sealed class SocksProtocol(StreamApplication application) : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "socks", OsiLayer.Session, "SOCKS", Fields.All, static (in StreamStart start) => start.IsByPort && !Begins(start.Bytes) ? null : new SocksProtocol(start.Application));

    internal static class Fields
    {
        public static readonly Field Version = Field.Number("version");
        public static readonly Field Command = Field.Number("command", names: static v => (int)v switch { 1 => "connect", 2 => "bind", 3 => "UDP associate", _ => null });
        public static readonly Field Target = Field.Text("target");
        public static readonly Field Reply = Field.Number("reply", names: static v => (int)v is 0 or 90 ? "granted" : "refused");

        public static readonly Field[] All = [Version, Command, Target, Reply];
    }

    private bool _asked;
    private int _port;
    private bool _isVersion4;

    /// <summary>Whether bytes begin with a greeting of version 5 or a request of version 4.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 3 && ((bytes[0] == 5 && bytes[1] == bytes.Length - 2) || (bytes[0] == 4 && bytes[1] is 1 or 2 && bytes.Length >= 9));

    /// <summary>Whether bytes are a greeting of version 5, and nothing else (RFC 1928, 3): a few methods that are assigned, each once.</summary>
    public static bool BeginsGreeting(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < 3 or > 7 || bytes[0] != 5 || bytes[1] != bytes.Length - 2)
        {
            return false;
        }

        ReadOnlySpan<byte> methods = bytes[2..];
        for (int i = 0; i < methods.Length; i++)
        {
            if (methods[i] is > 9 and not 0x80 || methods[..i].Contains(methods[i]))
            {
                return false;
            }
        }

        return true;
    }

    protected override StreamParser Make(bool fromClient) => fromClient ? new Requests(this) : new Replies(this, application);

    private sealed class SocksDetail : LayerDetail
    {
        public int Version { get; set; }

        public int? Command { get; set; }

        public int? Reply { get; set; }

        public string? Target { get; set; }

        public override void Describe(in LayerEntry entry, IFieldSink sink)
        {
            sink.Number(Fields.Version, Version, entry.Offset, 1);
            if (Command is { } command)
            {
                sink.Number(Fields.Command, command, entry.Offset, 1);
            }

            if (Target is { } target)
            {
                sink.Text(Fields.Target, target, entry.Offset, entry.Length);
            }

            if (Reply is { } reply)
            {
                sink.Number(Fields.Reply, reply, entry.Offset, 1);
            }
        }
    }

    private sealed class Requests(SocksProtocol protocol) : StreamParser
    {
        private bool _greeted;

        public override Protocol Protocol => SocksProtocol.Value;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            if (protocol._asked)
            {
                return 0;
            }

            protocol._isVersion4 = bytes[0] == 4;
            return protocol._isVersion4 ? ParseVersion4(segment, bytes) : ParseVersion5(segment, bytes);
        }

        private int ParseVersion4(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int end = bytes.Length < 9 ? -1 : bytes[8..].IndexOf((byte)0);
            if (end < 0)
            {
                return bytes.Length > 300 ? NotMine : 0;
            }

            int taken = 8 + end + 1;
            string host = new IPAddress(bytes.Slice(4, 4)).ToString();

            // SOCKS 4A: an address of 0.0.0.x stands for a name, which follows the user.
            if (bytes[4..7].IndexOfAnyExcept((byte)0) < 0 && bytes[7] != 0)
            {
                int name = bytes[taken..].IndexOf((byte)0);
                if (name < 0)
                {
                    return bytes.Length > 600 ? NotMine : 0;
                }

                host = AsciiText.Text(bytes.Slice(taken, name));
                taken += name + 1;
            }

            Ask(segment, 4, bytes[1], host, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
            return taken;
        }

        private int ParseVersion5(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < 2)
            {
                return 0;
            }

            if (!_greeted)
            {
                int size = 2 + bytes[1];
                if (bytes.Length >= size)
                {
                    _greeted = true;
                    segment.Layer(Value, static () => new SocksDetail()).Version = 5;
                }

                return _greeted ? size : 0;
            }

            // RFC 1929: a user name and a password, when the server asked for them.
            if (bytes[0] == 1)
            {
                int name = bytes[1];
                int size = bytes.Length > 2 + name ? 3 + name + bytes[2 + name] : int.MaxValue;
                return bytes.Length >= size ? size : 0;
            }

            int type = bytes.Length > 4 ? bytes[3] : 0;
            int address = type switch { 1 => 4, 3 => 1 + bytes[4], 4 => 16, _ => 0 };
            if (bytes[0] != 5 || (bytes.Length > 4 && address == 0))
            {
                return NotMine;
            }

            if (address == 0 || bytes.Length < 4 + address + 2)
            {
                return 0;
            }

            int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[(4 + address)..]);
            string host = type == 3 ? AsciiText.Text(bytes.Slice(5, address - 1)) : new IPAddress(bytes.Slice(4, address)).ToString();
            Ask(segment, 5, bytes[1], host, port);
            return 4 + address + 2;
        }

        private void Ask(in StreamSegment segment, int version, int command, string host, int port)
        {
            SocksDetail detail = segment.Layer(Value, static () => new SocksDetail());
            (detail.Version, detail.Command, detail.Target) = (version, command, $"{host}:{port}");
            protocol._port = port;
            protocol._asked = true;
        }
    }

    private sealed class Replies(SocksProtocol protocol, StreamApplication application) : StreamParser
    {
        public override Protocol Protocol => SocksProtocol.Value;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            if (!protocol._asked)
            {
                // The chosen method, and the verdict on a password: two bytes each.
                return bytes.Length & ~1;
            }

            int size = protocol._isVersion4 ? 8 : bytes.Length < 5 ? int.MaxValue : 6 + bytes[3] switch { 1 => 4, 3 => 1 + bytes[4], 4 => 16, _ => 4 };
            if (bytes.Length < size)
            {
                return 0;
            }

            SocksDetail detail = segment.Layer(Value, static () => new SocksDetail());
            (detail.Version, detail.Reply) = (protocol._isVersion4 ? 4 : 5, bytes[1]);
            application.Switch(null, protocol._port);
            return size;
        }
    }
}
