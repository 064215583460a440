using System.Net;
using NetLab.Host.Experiments.Networks;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;

namespace NetLab.Host.Experiments.Hunts;

/// <summary>
/// A conversation with a hidden fault, in virtual time, recorded at the client: small requests and answers in turns, then 150,000 bytes up and
/// 300,000 down, then both close.
/// </summary>
internal static class FaultHunt
{
    private const int Requests = 6;
    private const int Small = 200;
    private const int Upload = 150_000;
    private const int Download = 300_000;

    // A fault that is not seen in so many conversations is none.
    private const int MaxAttempts = 100;

    private const int LinkTypeEthernet = 1;

    // Of a frame with an IPv4 header without options: where the TCP checksum stands.
    private const int ChecksumOffset = 14 + 20 + 16;

    private static readonly IPEndPoint Client = new(IPAddress.Parse("10.0.0.2"), 40_000);
    private static readonly IPEndPoint Server = new(IPAddress.Parse("10.0.0.80"), 9_000);

    // A day that is the same for every run: a recording must not depend on when it was made.
    private static readonly DateTimeOffset Day = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Records it, so that the fault can be seen: chance may spare a short conversation, and then it is had again with other draws of the same seed.
    /// </summary>
    /// <param name="fault">What to hide.</param>
    /// <param name="seed">The seed of everything random.</param>
    /// <param name="capture">Where the packets go, as pcapng.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static void Record(HiddenFault fault, ulong seed, Stream capture, CancellationToken cancellationToken)
    {
        byte[] recorded = [];
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            using var memory = new MemoryStream();
            Converse(fault, seed + ((ulong)attempt * 0x9E37_79B9_7F4A_7C15), memory, cancellationToken);
            recorded = memory.ToArray();
            if (Seen(fault, recorded) >= fault.LeastSeen)
            {
                break;
            }
        }

        capture.Write(recorded);
    }

    /// <summary>How many packets of a capture the fault's filter shows.</summary>
    public static int Seen(HiddenFault fault, byte[] capture)
    {
        DisplayFilter filter = DisplayFilter.Parse(fault.Filter);
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(capture));
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        int count = 0;
        while (reader.TryRead(out CapturedPacket packet))
        {
            decoder.Decode(packet, decoded);
            count += filter.Matches(decoded, packet.Bytes) ? 1 : 0;
        }

        return count;
    }

    private static void Converse(HiddenFault fault, ulong seed, Stream capture, CancellationToken cancellationToken)
    {
        using var writer = new PcapngWriter(capture);
        int place = writer.AddInterface(LinkTypeEthernet, "client");
        var network = new LabNetwork(seed, null, cancellationToken);
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        network.Connect(client, server, fault.Link);
        var plain = new ConnectionOptions { Nagle = fault.Name == "late-acks" };
        LabFlow flow = network.Tcp(client, server, fault.Client?.Invoke(plain) ?? plain, plain);
        flow.OnSegment = (at, atClient, sent, segment) =>
        {
            if (atClient)
            {
                byte[] frame = PacketBuilder.Tcp(sent ? Client : Server, sent ? Server : Client, segment, sent);
                if (!SegmentReader.TryRead(segment, out _, out SegmentError error) && error == SegmentError.BadChecksum && frame.Length > ChecksumOffset)
                {
                    // The builder makes every checksum right; what came damaged has to look it.
                    frame[ChecksumOffset] ^= 0x55;
                }

                writer.Write(place, Day + at.SinceOrigin, frame);
            }
        };
        Converse(network, flow);
    }

    private static void Converse(LabNetwork network, LabFlow flow)
    {
        TimeSpan limit = TimeSpan.FromSeconds(60);
        long asked = 0;
        long answered = 0;
        if (!network.RunUntil(() => flow.Client.IsEstablished && flow.Server is { IsEstablished: true }, limit))
        {
            return;
        }

        for (int i = 0; i < Requests; i++)
        {
            flow.Send(Small);
            asked += Small;
            if (!network.RunUntil(() => flow.Delivered >= asked, limit))
            {
                return;
            }

            // In two parts, as a head and a body are: the second waits for the ACK of the first where Nagle's algorithm is on.
            flow.Server!.Write(new byte[Small / 2]);
            network.RunUntil(network.Now);
            flow.Server.Write(new byte[Small / 2]);
            answered += Small;
            if (!network.RunUntil(() => flow.Client.ReceivedBytes >= answered, limit))
            {
                return;
            }
        }

        flow.Send(Upload);
        flow.Server!.Write(new byte[Download]);
        (asked, answered) = (asked + Upload, answered + Download);
        if (network.RunUntil(() => flow.Delivered >= asked && flow.Client.ReceivedBytes >= answered, limit))
        {
            flow.ShutdownSend();
            flow.Server.Do(c => c.ShutdownSend());
            network.RunUntil(network.Now + TimeSpan.FromSeconds(3));
        }
    }
}
