using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using NetLab.Osi.Captures;
using NetLab.Osi.Presentation;

namespace NetLab.Benchmarks.Indexing;

/// <summary>Makes captures of one TCP connection each: two segments of the server, then one of the client, as many as are wanted.</summary>
internal sealed class LongStream : IDisposable
{
    private const int PayloadBytes = 400;
    private const int Mss = 20_000;
    private const uint FirstSequence = 1000;

    private static readonly DateTimeOffset Began = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private readonly PcapngWriter _writer;
    private readonly IPEndPoint _client = new(IPAddress.Parse("10.0.0.1"), 40_000);
    private readonly IPEndPoint _server;
    private uint _clientNext = FirstSequence;
    private uint _serverNext = FirstSequence;
    private long _packets;

    private LongStream(string path, int port)
    {
        _server = new IPEndPoint(IPAddress.Parse("10.0.0.2"), port);
        _writer = new PcapngWriter(new BufferedStream(File.Create(path), 1 << 20));
        _writer.AddInterface(1, "bench");
        Send(true, [], syn: true);
        Send(false, [], syn: true);
        Send(true, []);
    }

    /// <summary>The kinds there are, by their names.</summary>
    public static IReadOnlyDictionary<string, Action<string, long>> Kinds { get; } = new Dictionary<string, Action<string, long>>
    {
        ["tcp"] = Plain,
        ["http"] = Http,
        ["http/2"] = Http2,
        ["tls"] = Tls,
    };

    public void Dispose() => _writer.Dispose();

    // Bytes of which nobody knows what they are; one segment in a thousand comes twice.
    private static void Plain(string path, long packets)
    {
        using var stream = new LongStream(path, 9000);
        byte[] payload = Payload();
        while (stream._packets < packets)
        {
            stream.Send(false, payload);
            if (stream._packets % 1000 < 3)
            {
                stream._serverNext -= PayloadBytes;
            }

            stream.Send(false, payload);
            stream.Send(true, []);
        }
    }

    // One answer without an end: its SHA-256 goes on over all packets.
    private static void Http(string path, long packets)
    {
        using var stream = new LongStream(path, 80);
        stream.Send(true, "GET /large HTTP/1.1\r\nHost: example.org\r\n\r\n"u8);
        stream.Send(false, Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {packets * PayloadBytes}\r\n\r\n"));
        stream.Fill(packets, Payload);
    }

    // A block of header fields that fills the dynamic table (RFC 7541, 4.4) every eighth frame, data in the others.
    private static void Http2(string path, long packets)
    {
        using var stream = new LongStream(path, 80);
        stream.Send(true, [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, 0, [])]);
        stream.Send(false, Frame(4, 0, 0, []));
        uint number = 0;
        stream.Fill(packets, () =>
        {
            number++;
            byte[] value = Encoding.ASCII.GetBytes($"value-{number:D8}");
            return number % 8 == 0
                ? Frame(1, 4, (number / 8 * 2) + 1, [0x88, 0x40, 6, .. "x-name"u8, (byte)value.Length, .. value])
                : Frame(0, 0, 1, new byte[PayloadBytes - 9]);
        });
    }

    // TLS 1.3 whose secrets the capture brings along; each segment is a record.
    private static void Tls(string path, long packets)
    {
        using var stream = new LongStream(path, 443);
        (byte[] random, byte[] handshake, byte[] traffic) = (Bytes(1, 32), Bytes(2, 32), Bytes(3, 32));
        string client = Convert.ToHexStringLower(random);
        stream._writer.WriteKeyLog(string.Join('\n',
            $"SERVER_HANDSHAKE_TRAFFIC_SECRET {client} {Convert.ToHexStringLower(handshake)}", $"SERVER_TRAFFIC_SECRET_0 {client} {Convert.ToHexStringLower(traffic)}",
            $"CLIENT_HANDSHAKE_TRAFFIC_SECRET {client} {Convert.ToHexStringLower(handshake)}", $"CLIENT_TRAFFIC_SECRET_0 {client} {Convert.ToHexStringLower(traffic)}", ""));

        // Hellos that say TLS 1.3 and TLS_AES_128_GCM_SHA256 (RFC 8446, 4.1).
        byte[] version13 = [0, 43, 0, 2, 3, 4];
        byte[] clientHello = [3, 3, .. random, 0, 0, 2, 0x13, 0x01, 1, 0, 0, 7, 0, 43, 0, 3, 2, 3, 4];
        byte[] serverHello = [3, 3, .. Bytes(4, 32), 0, 0x13, 0x01, 0, 0, (byte)version13.Length, .. version13];
        stream.Send(true, Record(22, [1, 0, 0, (byte)clientHello.Length, .. clientHello]));
        stream.Send(false, Record(22, [2, 0, 0, (byte)serverHello.Length, .. serverHello]));
        using var first = new TlsWriter(handshake);
        stream.Send(false, first.Seal([20, 0, 0, 32, .. Bytes(5, 32)], 22));
        using var writer = new TlsWriter(traffic);
        byte[] answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {packets * PayloadBytes}\r\n\r\n");
        stream.Send(false, writer.Seal(answer, 23));
        byte[] content = Payload();
        stream.Fill(packets, () => writer.Seal(content, 23));
    }

    private void Fill(long packets, Func<byte[]> next)
    {
        while (_packets < packets)
        {
            Send(false, next());
            Send(false, next());
            Send(true, []);
        }
    }

    private void Send(bool fromClient, ReadOnlySpan<byte> payload, bool syn = false)
    {
        byte[] segment = new byte[20 + payload.Length];
        (IPEndPoint from, IPEndPoint to) = fromClient ? (_client, _server) : (_server, _client);
        ref uint next = ref fromClient ? ref _clientNext : ref _serverNext;
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), next);
        bool hasAck = !syn || !fromClient;
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), hasAck ? fromClient ? _serverNext : _clientNext : 0);
        (segment[12], segment[13]) = (0x50, (byte)((syn ? 2 : 0) | (hasAck ? 0x10 : 0) | (payload.IsEmpty ? 0 : 8)));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), Mss);
        payload.CopyTo(segment.AsSpan(20));
        next += (uint)payload.Length + (syn ? 1u : 0);
        _writer.Write(0, Began.AddMicroseconds(20 * _packets++), PacketBuilder.Tcp(from, to, segment, fromClient));
    }

    private static byte[] Payload() => Bytes(6, PayloadBytes);

    private static byte[] Bytes(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Frame(byte type, byte flags, uint stream, ReadOnlySpan<byte> payload)
    {
        byte[] frame = [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(5), stream);
        return frame;
    }

    private static byte[] Record(byte type, ReadOnlySpan<byte> content) => [type, 3, 3, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    // Records of one direction (RFC 8446, 5.2 and 5.3).
    private sealed class TlsWriter(byte[] secret) : IDisposable
    {
        private readonly AesGcm _cipher = new(HkdfLabel.Expand(HashAlgorithmName.SHA256, secret, "key", 16), 16);
        private readonly byte[] _iv = HkdfLabel.Expand(HashAlgorithmName.SHA256, secret, "iv", 12);
        private ulong _sequence;

        public byte[] Seal(ReadOnlySpan<byte> content, byte type)
        {
            byte[] inner = [.. content, type];
            byte[] record = Record(23, new byte[inner.Length + 16]);
            Span<byte> nonce = [.. _iv];
            BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], BinaryPrimitives.ReadUInt64BigEndian(nonce[4..]) ^ _sequence++);
            _cipher.Encrypt(nonce, inner, record.AsSpan(5, inner.Length), record.AsSpan(5 + inner.Length, 16), record.AsSpan(0, 5));
            return record;
        }

        public void Dispose() => _cipher.Dispose();
    }
}
