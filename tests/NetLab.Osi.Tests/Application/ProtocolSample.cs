using System.Globalization;
using System.Net;
using System.Text;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests.Application;

/// <summary>Messages made by hand from a protocol's specification, and fields that a decoder must find in them.</summary>
/// <param name="Protocol">The protocol.</param>
/// <param name="Carrier">What carries it, and its number: <c>tcp 502</c>, <c>udp 47808</c>, <c>eth 88b8</c>.</param>
/// <param name="Messages">The messages in hexadecimal digits, texts in quotes: those of the client behind &gt;, those of the server behind &lt;.</param>
/// <param name="Fields">Fields as name=value, separated by blanks or line ends; a blank in a value is written as an underscore.</param>
public sealed record ProtocolSample(string Protocol, string Carrier, string Messages, string Fields)
{
    private static readonly IPEndPoint Client = new(IPAddress.Parse("192.0.2.1"), 40_000);

    public override string ToString() => $"{Protocol} on {Carrier}: {Fields.Split(' ')[0]}";

    /// <summary>Its messages as frames, each with whether the client sent it.</summary>
    internal IEnumerable<byte[]> Frames()
    {
        string[] carrier = Carrier.Split(' ');
        uint client = 1000;
        uint server = 5000;
        foreach ((bool fromClient, byte[] bytes) in Parse())
        {
            if (carrier[0] == "eth")
            {
                int type = int.Parse(carrier[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                yield return [0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, (byte)(type >> 8), (byte)type, .. bytes];
                continue;
            }

            var peer = new IPEndPoint(IPAddress.Parse("192.0.2.2"), int.Parse(carrier[1], CultureInfo.InvariantCulture));
            (IPEndPoint from, IPEndPoint to) = fromClient ? (Client, peer) : (peer, Client);
            if (carrier[0] == "udp")
            {
                yield return PacketBuilder.Udp(from, to, bytes, fromClient);
                continue;
            }

            uint sequence = fromClient ? client : server;
            yield return PacketBuilder.Tcp(from, to, Segment(from.Port, to.Port, sequence, bytes), fromClient);
            (client, server) = fromClient ? (client + (uint)bytes.Length, server) : (client, server + (uint)bytes.Length);
        }
    }

    /// <summary>Fields that a decoder tells of the frames, as name=value.</summary>
    internal List<string> Decode()
    {
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        var fields = new FieldList();
        long number = 0;
        foreach (byte[] frame in Frames())
        {
            decoder.Decode(new CapturedPacket(++number, new CaptureInterface(1, 0), number * 1000, frame.Length, frame), decoded);
            PacketDecoder.Describe(frame, decoded, fields);
        }

        return [.. fields.All.Select(f => $"{f.Name}={f.Value.Replace(' ', '_')}")];
    }

    private static byte[] Segment(int from, int to, uint sequence, byte[] payload) =>
    [
        (byte)(from >> 8), (byte)from, (byte)(to >> 8), (byte)to,
        (byte)(sequence >> 24), (byte)(sequence >> 16), (byte)(sequence >> 8), (byte)sequence, 0, 0, 0, 1, 0x50, 0x18, 0xFF, 0xFF, 0, 0, 0, 0, .. payload,
    ];

    private List<(bool FromClient, byte[] Bytes)> Parse()
    {
        var messages = new List<(bool, List<byte>)>();
        for (int i = 0; i < Messages.Length; i++)
        {
            char c = Messages[i];
            if (c is '>' or '<')
            {
                messages.Add((c == '>', []));
            }
            else if (c == '"')
            {
                int end = Messages.IndexOf('"', i + 1);
                messages[^1].Item2.AddRange(Encoding.Latin1.GetBytes(Messages[(i + 1)..end]));
                i = end;
            }
            else if (!char.IsWhiteSpace(c))
            {
                messages[^1].Item2.Add(byte.Parse(Messages.AsSpan(i++, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }

        return [.. messages.Select(m => (m.Item1, m.Item2.ToArray()))];
    }
}
