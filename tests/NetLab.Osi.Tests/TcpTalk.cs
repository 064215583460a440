using System.Net;
using System.Text;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;
using NetLab.Osi.Session;

namespace NetLab.Osi.Tests;

/// <summary>A TCP connection told segment by segment, and what the decoder makes of it.</summary>
internal sealed class TcpTalk(int serverPort, DecoderOptions? options = null)
{
    private const int ClientPort = 40_000;
    private const int Fin = 0x01;
    private const int Psh = 0x18;

    private readonly PacketDecoder _decoder = new(options);
    private readonly DecodedPacket _decoded = new();
    private readonly FieldList _fields = new();
    private readonly CaptureInterface _source = new(1, 0);
    private uint _client = 1000;
    private uint _server = 5000;
    private long _packets;
    private Field[]? _columns;

    public TcpStream Stream => _decoder.TcpStreams.Single();

    /// <summary>All fields told so far, as name and value.</summary>
    public List<string> Fields => [.. _fields.All.Select(f => $"{f.Name}={f.Value}")];

    /// <summary>What stands in the chosen columns of each packet from now on, separated by bars.</summary>
    public List<string> Rows { get; } = [];

    /// <summary>Chooses columns, whose values are found in <see cref="Rows"/>.</summary>
    public TcpTalk Show(params string[] columns)
    {
        _columns = [.. columns.Select(c => BuiltInProtocols.Registry.TryFindField(c, out Field? field) ? field : throw new ArgumentException($"there is no field {c}"))];
        return this;
    }

    public TcpTalk Client(string text) => Client(Encoding.Latin1.GetBytes(text));

    public TcpTalk Server(string text) => Server(Encoding.Latin1.GetBytes(text));

    public TcpTalk Client(byte[] bytes)
    {
        Segment(true, _client, bytes, Psh);
        _client += (uint)bytes.Length;
        return this;
    }

    public TcpTalk Server(byte[] bytes)
    {
        Segment(false, _server, bytes, Psh);
        _server += (uint)bytes.Length;
        return this;
    }

    /// <summary>The client sends a segment of which the capture has only the beginning.</summary>
    public TcpTalk ClientCut(string text, int captured)
    {
        Segment(true, _client, Encoding.Latin1.GetBytes(text), Psh, captured: captured);
        _client += (uint)text.Length;
        return this;
    }

    /// <summary>The server sends a segment of which the capture has only the beginning.</summary>
    public TcpTalk ServerCut(string text, int captured)
    {
        Segment(false, _server, Encoding.Latin1.GetBytes(text), Psh, captured: captured);
        _server += (uint)text.Length;
        return this;
    }

    /// <summary>The server ends its direction.</summary>
    public TcpTalk ServerFin()
    {
        Segment(false, _server++, [], Fin | 0x10);
        return this;
    }

    /// <summary>The server sends bytes, or a FIN, at a distance from where it stands, which stays.</summary>
    public TcpTalk ServerAt(int distance, string text, bool fin = false)
    {
        Segment(false, (uint)(_server + distance), Encoding.Latin1.GetBytes(text), fin ? Fin | Psh : Psh);
        return this;
    }

    /// <summary>The server sent bytes that the capture does not have.</summary>
    public TcpTalk ServerLost(int bytes)
    {
        _server += (uint)bytes;
        return this;
    }

    /// <summary>The client acknowledges all that the server sent.</summary>
    public TcpTalk ClientAck()
    {
        Segment(true, _client, [], 0x10, _server);
        return this;
    }

    /// <summary>The server acknowledges all that the client sent.</summary>
    public TcpTalk ServerAck()
    {
        Segment(false, _server, [], 0x10, _client);
        return this;
    }

    /// <summary>The client asks whether the server is still there (RFC 9293, 3.8.4).</summary>
    public TcpTalk ClientKeepAlive()
    {
        Segment(true, _client - 1, [], 0x10, _server);
        return this;
    }

    public TcpTalk ClientSyn()
    {
        Segment(true, _client++, [], 2);
        return this;
    }

    /// <summary>The server's SYN_ACK, whose number is at a distance from what it sent before.</summary>
    public TcpTalk ServerSyn(int distance)
    {
        _server = (uint)(_server + distance);
        Segment(false, _server++, [], 0x12, _client);
        return this;
    }

    private void Segment(bool fromClient, uint sequence, byte[] payload, int flags, uint acknowledgment = 1, int? captured = null)
    {
        (int from, int to) = fromClient ? (ClientPort, serverPort) : (serverPort, ClientPort);
        byte[] segment =
        [
            (byte)(from >> 8), (byte)from, (byte)(to >> 8), (byte)to,
            (byte)(sequence >> 24), (byte)(sequence >> 16), (byte)(sequence >> 8), (byte)sequence,
            (byte)(acknowledgment >> 24), (byte)(acknowledgment >> 16), (byte)(acknowledgment >> 8), (byte)acknowledgment, 0x50, (byte)flags, 0xFF, 0xFF, 0, 0, 0, 0, .. payload,
        ];
        var client = new IPEndPoint(IPAddress.Parse("192.0.2.1"), ClientPort);
        var server = new IPEndPoint(IPAddress.Parse("192.0.2.2"), serverPort);
        byte[] frame = PacketBuilder.Tcp(fromClient ? client : server, fromClient ? server : client, segment, fromClient);
        ReadOnlySpan<byte> there = frame.AsSpan(0, frame.Length - payload.Length + (captured ?? payload.Length));
        _decoder.Decode(new CapturedPacket(++_packets, _source, _packets * 1000, frame.Length, there), _decoded);
        PacketDecoder.Describe(there, _decoded, _fields);
        if (_columns is not null)
        {
            using var output = new MemoryStream();
            var table = new ColumnTable(output, _columns, ColumnFormat.Tsv);
            table.Write(_decoded, there);
            table.Flush();
            Rows.Add(Encoding.UTF8.GetString(output.ToArray()).Split('\n')[1].Replace('\t', '|'));
        }
    }
}
