using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NetLab.Host.Experiments.Networks;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Transport;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Experiments.Real;

/// <summary>The kernel's TCP on loopback beside NetLab's: what a capture of it shows, and why that is no network.</summary>
internal sealed class Loopback : Experiment
{
    private const int EthernetLength = 14;
    private const int Bytes = 4 << 20;
    private const int Piece = 256 << 10;
    private const string SmallWrites = "writes of a thousand bytes, each waited for";
    private const string DoneChecksums = "checksums are done before the capture";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public override string Name => "loopback";

    public override string Title => "The kernel on loopback";

    public override double TypicalSeconds => 1;

    public override string Summary => "4 MiB cross loopback by the kernel's TCP and by NetLab's. A capture shows how long the segments are, and what the decoder says of their checksums.";

    public override string Question => "An Ethernet frame carries 1,460 bytes of TCP. How long are the longest segments of a capture on loopback, and how many of their checksums are right?";

    public override bool IsReal => true;

    public override IReadOnlyList<Mutation> Mutations => [new(SmallWrites) { IsOwn = true }, new(DoneChecksums) { IsOwn = true }];

    public override void Run(Bench bench)
    {
        Seen kernel = Kernel(bench);
        (int largest, int wrong, int all) = Ours(bench);
        bench.Measure("segments of the kernel with data", kernel.Segments, "");
        bench.Measure("segments of NetLab with data", all, "");
        bench.LawBetween("longest segment of the kernel", kernel.Largest, 32_000, 65_495, "bytes", "loopback's MTU is 65,536: less 20 for IP and 20 for TCP, and options (RFC 9293, 3.7.1)");
        bench.Law("checksums of the kernel that the decoder leaves unjudged", kernel.Partial / (double)kernel.Segments, 1, 0, "", "left to a network card that is not there: only the pseudo-header's sum stands in them");
        bench.Law("checksums of the kernel that the decoder calls wrong", kernel.Wrong, 0, 0, "", "partial is not wrong: whoever calls it so blames every sender");
        bench.LawBetween("longest segment of NetLab", largest, 1_000, 1_460, "bytes", "a segment is a datagram that fits every Ethernet, on loopback too");
        bench.Law("checksums of NetLab that are wrong", wrong, 0, 0, "", "nobody else would do them (RFC 9293, 3.1)");
    }

    public override string Explanation =>
        "Loopback is a function call, not a wire: the kernel hands a segment of 64 KB from one socket's queue to another's, and leaves out what no noise can make necessary, the checksum. It notes in the packet that the card should finish it, the sum of the pseudo-header in its place, and a capture sees that. The decoder knows this sum and says partial. "
        + "What is measured on loopback, how many segments, how fast, how much work, is therefore not what a network would show; NetLab's segments are the same on loopback and elsewhere. A capture needs libpcap and the right to use it.";

    public override IReadOnlyList<string> Sources => ["RFC 9293, 3.1 and 3.7.1", "Linux: Documentation/networking/checksum-offloads.rst", "Linux: loopback(4)"];

    private static Seen Kernel(Bench bench)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using LiveCapture capture = LiveCapture.Open(OperatingSystem.IsLinux() ? "lo" : "lo0", $"tcp dst port {port}");
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(listener.LocalEndPoint);
        using Socket server = listener.Accept();
        Task receiving = Task.Run(() => Receive(server), bench.CancellationToken);
        byte[] piece = new byte[bench.IsBroken(SmallWrites) ? 1_000 : Piece];
        for (int sent = 0; sent < (bench.IsBroken(SmallWrites) ? 100 * piece.Length : Bytes); sent += piece.Length)
        {
            client.Send(piece);
            while (bench.IsBroken(SmallWrites) && server.Available > 0)
            {
                Thread.Yield();
            }
        }

        client.Shutdown(SocketShutdown.Send);
        receiving.WaitAsync(Patience, bench.CancellationToken).GetAwaiter().GetResult();
        return Look(capture, bench);
    }

    // Until the FIN, which is the last that goes this way but for an ACK.
    private static Seen Look(LiveCapture capture, Bench bench)
    {
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        var (partial, wrong) = (DisplayFilter.Parse("tcp.checksum.status == 2"), DisplayFilter.Parse("tcp.checksum.status == 0"));
        var seen = new Seen();
        byte[] bytes = new byte[LiveCapture.MaxSnapLength];
        long start = Stopwatch.GetTimestamp();
        for (bool isOver = false; !isOver;)
        {
            bench.CancellationToken.ThrowIfCancellationRequested();
            if (!capture.TryRead(out CapturedPacket packet))
            {
                // A busy machine hands packets over late.
                if (Stopwatch.GetElapsedTime(start) > Patience)
                {
                    throw new IOException("the capture did not see the end of the connection");
                }

                continue;
            }

            packet.Bytes.CopyTo(bytes);
            int ip = (bytes[EthernetLength] & 0xF) * 4;
            int tcp = EthernetLength + ip;
            isOver = (bytes[tcp + 13] & 1) != 0;
            int length = packet.Bytes.Length - tcp - ((bytes[tcp + 12] >> 4) * 4);
            if (length > 0)
            {
                if (bench.IsBroken(DoneChecksums))
                {
                    Finish(bytes.AsSpan(0, packet.Bytes.Length), tcp);
                }

                var done = new CapturedPacket(packet.Number, packet.Source, packet.Time, packet.OriginalLength, bytes.AsSpan(0, packet.Bytes.Length));
                decoder.Decode(done, decoded);
                seen.Segments++;
                seen.Largest = Math.Max(seen.Largest, length);
                seen.Partial += partial.Matches(decoded, done.Bytes) ? 1 : 0;
                seen.Wrong += wrong.Matches(decoded, done.Bytes) ? 1 : 0;
            }
        }

        return seen;
    }

    // As a network card would: the sum over what there is, pseudo-header and all.
    private static void Finish(Span<byte> packet, int tcp)
    {
        Span<byte> segment = packet[tcp..];
        segment[16..18].Clear();
        uint sum = 6 + (uint)segment.Length;
        for (int i = tcp - 8; i < tcp; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet[i..]);
        }

        for (int i = 0; i < segment.Length; i += 2)
        {
            sum += i + 1 < segment.Length ? BinaryPrimitives.ReadUInt16BigEndian(segment[i..]) : (uint)segment[i] << 8;
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], (ushort)~sum);
    }

    private static void Receive(Socket socket)
    {
        byte[] buffer = new byte[Piece];
        while (socket.Receive(buffer) > 0)
        {
            // Read, and forgotten.
        }
    }

    private static (int Largest, int Wrong, int All) Ours(Bench bench)
    {
        (int largest, int wrong, int all) = (0, 0, 0);
        DatagramTap tap = (_, datagram, _, sent) =>
        {
            if (!sent)
            {
                return;
            }

            bool isWell = SegmentReader.TryRead(datagram, out Segment segment, out SegmentError _);
            wrong += isWell ? 0 : 1;
            all += segment.Payload.Length > 0 ? 1 : 0;
            largest = Math.Max(largest, segment.Payload.Length);
        };
        SendAsync(tap, bench.CancellationToken).WaitAsync(Patience, bench.CancellationToken).GetAwaiter().GetResult();
        return (largest, wrong, all);
    }

    private static async Task SendAsync(DatagramTap tap, CancellationToken cancellationToken)
    {
        var any = new IPEndPoint(IPAddress.Loopback, 0);
        TcpEndpoint there = TcpEndpoint.Bind(any);
        TcpEndpoint here = TcpEndpoint.Bind(any, new TcpEndpointOptions { Tap = tap });
        await using (there.ConfigureAwait(false))
        await using (here.ConfigureAwait(false))
        {
            TcpConnectionListener listener = there.Listen();
            Task<TcpConnection?> accepting = listener.AcceptAsync(cancellationToken).AsTask();
            TcpConnection client = await here.ConnectAsync(there.LocalEndPoint, cancellationToken).ConfigureAwait(false);
            TcpConnection server = await accepting.ConfigureAwait(false) ?? throw new IOException("the endpoint was closed");
            using var received = new TcpConnectionStream(server);
            using var stream = new TcpConnectionStream(client);
            Task reading = received.CopyToAsync(Stream.Null, cancellationToken);
            byte[] piece = new byte[Piece];
            for (int sent = 0; sent < Bytes; sent += piece.Length)
            {
                await stream.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            }

            await stream.CompleteWritesAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
    }

    private sealed class Seen
    {
        public int Segments { get; set; }

        public int Largest { get; set; }

        public int Partial { get; set; }

        public int Wrong { get; set; }
    }
}
