using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>MQTT (OASIS 3.1.1 and 5.0): control packets, who connects, and the topics.</summary>
internal sealed class MqttProtocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "mqtt", OsiLayer.Application, "MQ Telemetry Transport", Fields.All, static (in StreamStart start) => new MqttProtocol());

    internal static class Fields
    {
        public static readonly Field Types = Field.Number("types", "mqtt.msgtype", about: "Types of the control packets", names: static v => NameOf((int)v), summary: true, width: 1);
        public static readonly Field Names = Field.Text("names");
        public static readonly Field Topic = Field.Text("topics", "mqtt.topic", about: "Topics", summary: true);
        public static readonly Field Quality = Field.Number(null, "mqtt.qos", about: "Quality of service of a message", width: 1);
        public static readonly Field Client = Field.Text("client", "mqtt.clientid", about: "Identifier of the client");
        public static readonly Field User = Field.Text("user", "mqtt.username", about: "User name");
        public static readonly Field Password = Field.Text(null, "mqtt.passwd", about: "Password");
        public static readonly Field Version = Field.Number(null, "mqtt.ver", about: "Version of the protocol", names: static v => (int)v switch { 3 => "3.1", 4 => "3.1.1", 5 => "5.0", _ => null }, width: 1);
        public static readonly Field Identifier = Field.Number(null, "mqtt.msgid", about: "Identifier of the packet", width: 2);
        public static readonly Field Length = Field.Number(null, "mqtt.len", about: "Bytes behind the fixed header");

        public static readonly Field[] All = [Types, Names, Topic, Quality, Client, User, Password, Version, Identifier, Length];
    }

    private const int Connect = 1;
    private const int Publish = 3;
    private const int Subscribe = 8;
    private const int Unsubscribe = 10;

    private int _version = 4;

    /// <summary>Whether bytes begin with a CONNECT packet (3.1): its name is there, whatever the port.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12 || bytes[0] != 0x10)
        {
            return false;
        }

        int at = 1;
        while (at < 4 && (bytes[at] & 0x80) != 0)
        {
            at++;
        }

        ReadOnlySpan<byte> rest = bytes[(at + 1)..];
        return rest.StartsWith("\0\u0004MQTT"u8) || rest.StartsWith("\0\u0006MQIsdp"u8);
    }

    protected override StreamParser Make(bool fromClient) => new Parser(this);

    private static string NameOf(int type) => type switch
    {
        Connect => "CONNECT",
        2 => "CONNACK",
        Publish => "PUBLISH",
        4 => "PUBACK",
        5 => "PUBREC",
        6 => "PUBREL",
        7 => "PUBCOMP",
        Subscribe => "SUBSCRIBE",
        9 => "SUBACK",
        Unsubscribe => "UNSUBSCRIBE",
        11 => "UNSUBACK",
        12 => "PINGREQ",
        13 => "PINGRESP",
        14 => "DISCONNECT",
        _ => "AUTH",
    };

    // The remaining length is one to four bytes of seven bits (2.1.4). Returns the header's length, 0 for more, -1 for no MQTT.
    private static int ReadLength(ReadOnlySpan<byte> bytes, int at, out int length)
    {
        length = 0;
        for (int i = 0; i < 4; i++)
        {
            if (at + i >= bytes.Length)
            {
                return 0;
            }

            length |= (bytes[at + i] & 0x7F) << (7 * i);
            if ((bytes[at + i] & 0x80) == 0)
            {
                return at + i + 1;
            }
        }

        return -1;
    }

    private sealed class MqttDetail : LayerDetail
    {
        public List<int> Types { get; } = [];

        public FieldValues More { get; } = new();

        public override void Describe(in LayerEntry entry, IFieldSink sink)
        {
            sink.Numbers(Fields.Types, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Types), entry.Offset, entry.Length);
            sink.Texts(Fields.Names, [.. Types.Select(NameOf)], entry.Offset, entry.Length);
            More.Describe(entry.Offset, entry.Length, sink);
        }
    }

    private sealed class Parser(MqttProtocol protocol) : StreamParser
    {
        // Longer ones are shown by their type and topic alone, and passed over.
        private const int MaxKept = 32 << 10;

        private long _skipping;
        private int _skipped;

        public override Protocol Protocol => MqttProtocol.Value;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (at < bytes.Length)
            {
                if (_skipping > 0)
                {
                    int step = (int)Math.Min(_skipping, bytes.Length - at);
                    (at, _skipping) = (at + step, _skipping - step);
                    if (_skipping == 0)
                    {
                        segment.Layer(Value, static () => new MqttDetail()).Types.Add(_skipped);
                    }

                    continue;
                }

                int header = ReadLength(bytes[at..], 1, out int length);
                if (header < 0 || bytes[at] >> 4 == 0)
                {
                    return NotMine;
                }

                if (header == 0 || (length <= MaxKept && header + length > bytes.Length - at))
                {
                    return at;
                }

                if (length > MaxKept)
                {
                    (_skipped, _skipping) = (bytes[at] >> 4, length);
                    at += header;
                    continue;
                }

                MqttDetail detail = segment.Layer(Value, static () => new MqttDetail());
                detail.Types.Add(bytes[at] >> 4);
                detail.More.Add(Fields.Length, length);
                Take(detail.More, bytes[at], bytes.Slice(at + header, length));
                at += header + length;
            }

            return at;
        }

        private void Take(FieldValues values, int first, ReadOnlySpan<byte> body)
        {
            int quality = (first >> 1) & 3;
            if (protocol._version == 3 && first >> 4 is Subscribe or Unsubscribe or 6)
            {
                // Version 3.1 has a quality in these, too.
                values.Add(Fields.Quality, quality);
            }

            switch (first >> 4)
            {
                case Connect:
                    TakeConnect(values, body);
                    break;
                case Publish:
                    values.Add(Fields.Quality, quality);
                    if (TryTake(ref body, out ReadOnlySpan<byte> topic))
                    {
                        values.Add(Fields.Topic, topic);
                        if (quality > 0 && body.Length >= 2)
                        {
                            values.Add(Fields.Identifier, BinaryPrimitives.ReadUInt16BigEndian(body));
                        }
                    }

                    break;
                case Subscribe or Unsubscribe when body.Length >= 2:
                    values.Add(Fields.Identifier, BinaryPrimitives.ReadUInt16BigEndian(body));
                    body = WithoutProperties(body[2..]);
                    while (TryTake(ref body, out ReadOnlySpan<byte> filter))
                    {
                        values.Add(Fields.Topic, filter);
                        if (first >> 4 == Subscribe)
                        {
                            // Behind each stands the quality that is asked for.
                            body = body[Math.Min(1, body.Length)..];
                        }
                    }

                    break;
                case (>= 4 and <= 7) or 9 or 11 when body.Length >= 2:
                    values.Add(Fields.Identifier, BinaryPrimitives.ReadUInt16BigEndian(body));
                    break;
                default:
                    break;
            }
        }

        // 3.1: protocol name, version, flags, keep alive; identifier, will, user name, password.
        private void TakeConnect(FieldValues values, ReadOnlySpan<byte> body)
        {
            if (!TryTake(ref body, out _) || body.Length < 4)
            {
                return;
            }

            protocol._version = body[0];
            int flags = body[1];
            values.Add(Fields.Version, body[0]);
            body = WithoutProperties(body[4..]);
            if (!TryTake(ref body, out ReadOnlySpan<byte> client))
            {
                return;
            }

            values.Add(Fields.Client, client);
            if ((flags & 0x04) != 0)
            {
                body = WithoutProperties(body);
                if (!TryTake(ref body, out _) || !TryTake(ref body, out _))
                {
                    return;
                }
            }

            if ((flags & 0x80) != 0 && TryTake(ref body, out ReadOnlySpan<byte> user))
            {
                values.Add(Fields.User, user);
            }

            if ((flags & 0x40) != 0 && TryTake(ref body, out ReadOnlySpan<byte> password))
            {
                values.Add(Fields.Password, password);
            }
        }

        // Version 5 has properties in front of what earlier versions have, behind their length (2.2.2).
        private ReadOnlySpan<byte> WithoutProperties(ReadOnlySpan<byte> body)
        {
            if (protocol._version < 5)
            {
                return body;
            }

            int header = ReadLength(body, 0, out int length);
            return header > 0 && header + length <= body.Length ? body[(header + length)..] : default;
        }

        private static bool TryTake(ref ReadOnlySpan<byte> body, out ReadOnlySpan<byte> text)
        {
            int length = body.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(body) : int.MaxValue;
            if (length > body.Length - 2)
            {
                text = default;
                return false;
            }

            text = body.Slice(2, length);
            body = body[(2 + length)..];
            return true;
        }
    }
}
