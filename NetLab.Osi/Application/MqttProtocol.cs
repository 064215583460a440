using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>MQTT (OASIS 3.1.1 and 5.0, section 2): the types of control packets.</summary>
internal sealed class MqttProtocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "mqtt", OsiLayer.Application, "MQ Telemetry Transport", Fields.All, static (in StreamStart start) => new MqttProtocol());

    internal static class Fields
    {
        public static readonly Field Types = Field.Number("types");
        public static readonly Field Names = Field.Text("names");

        public static readonly Field[] All = [Types, Names];
    }

    protected override StreamParser Make(bool fromClient) => new Parser();

    private static string NameOf(int type) => type switch
    {
        1 => "CONNECT",
        2 => "CONNACK",
        3 => "PUBLISH",
        4 => "PUBACK",
        5 => "PUBREC",
        6 => "PUBREL",
        7 => "PUBCOMP",
        8 => "SUBSCRIBE",
        9 => "SUBACK",
        10 => "UNSUBSCRIBE",
        11 => "UNSUBACK",
        12 => "PINGREQ",
        13 => "PINGRESP",
        14 => "DISCONNECT",
        _ => "AUTH",
    };

    private sealed class MqttDetail : LayerDetail
    {
        public List<int> Types { get; } = [];

        public override void Describe(in LayerEntry entry, IFieldSink sink)
        {
            sink.Numbers(Fields.Types, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Types), entry.Offset, entry.Length);
            sink.Texts(Fields.Names, [.. Types.Select(NameOf)], entry.Offset, entry.Length);
        }
    }

    private sealed class Parser : StreamParser
    {
        private long _left;
        private int _type;

        public override Protocol Protocol => MqttProtocol.Value;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (at < bytes.Length)
            {
                if (_type == 0)
                {
                    int header = ReadHeader(bytes[at..]);
                    if (header <= 0)
                    {
                        return header < 0 ? NotMine : at;
                    }

                    at += header;
                }

                int step = (int)Math.Min(_left, bytes.Length - at);
                at += step;
                _left -= step;
                if (_left == 0)
                {
                    segment.Layer(Value, static () => new MqttDetail()).Types.Add(_type);
                    _type = 0;
                }
            }

            return at;
        }

        // The remaining length is one to four bytes of seven bits (2.1.4). Returns the header's length, 0 for more, -1 for no MQTT.
        private int ReadHeader(ReadOnlySpan<byte> bytes)
        {
            if (bytes[0] >> 4 == 0)
            {
                return -1;
            }

            long length = 0;
            for (int i = 0; i < 4 && 1 + i < bytes.Length; i++)
            {
                length |= (long)(bytes[1 + i] & 0x7F) << (7 * i);
                if ((bytes[1 + i] & 0x80) == 0)
                {
                    (_type, _left) = (bytes[0] >> 4, length);
                    return 2 + i;
                }
            }

            return bytes.Length >= 5 ? -1 : 0;
        }
    }
}
