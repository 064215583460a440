using NetLab.Host.Experiments.Networks;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;

namespace NetLab.Host.Experiments.Transport;

/// <summary>
/// A client that uses its ports again at once, with a sequence number that it had used before, while a copy of a segment of the first connection is still on
/// the way; written segment by segment, as no TCP of ours would do it. The server closes first, so what it remembers decides.
/// </summary>
internal sealed class PortsUsedAgain
{
    private const int Bytes = 100;
    private const byte Old = 0x0D;
    private const byte New = 0x4E;
    private const uint Initial = 1_000_000;

    // Soon enough that the old copy's acknowledgment is not yet too old to be looked at (RFC 5961, 5.2): initial sequence numbers grow by 250,000 a second.
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(10);

    private readonly VirtualHost _client;
    private readonly SimulatedEndpoint _server;
    private readonly List<SimulatedStream> _accepted = [];
    private readonly byte[] _buffer = new byte[256];
    private uint _expected;

    // The first connection's data, as they were sent.
    private byte[] _copy = [];
    private bool _isSecond;

    private PortsUsedAgain(VirtualHost client, SimulatedEndpoint server) => (_client, _server) = (client, server);

    /// <summary>Whether the second SYN was answered by a SYN_ACK.</summary>
    public bool IsOpened { get; private set; }

    /// <summary>Bytes of the first connection that the second one's application was given.</summary>
    public int OldBytes => _isSecond && _accepted.Count > 1 ? _accepted[1].Received.Count(b => b == Old) : 0;

    /// <summary>Runs it.</summary>
    public static PortsUsedAgain Run(Bench bench, ConnectionOptions options)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost left, LabHost right) = (network.Host("client"), network.Host("server"));
        network.Connect(left, right, $"delay={Delay.TotalMilliseconds}ms");
        SimulatedEndpoint machine = network.Machine(right);
        VirtualHost client = network.OneWay(left, right, machine.Host);
        network.Virtual.AddRoute(machine.Host, client, network.Links[1].Link);
        var trial = new PortsUsedAgain(client, machine);

        // Without timestamps, which would tell an old segment by themselves (RFC 7323, 5).
        machine.Listen(network.Prepare(options with { Timestamps = false, WindowScaling = false }), stream =>
        {
            stream.KeepsReceived = true;
            trial._accepted.Add(stream);
        });
        client.OnReceive = (segment, _, _) => trial.Receive(segment);
        trial.Send(Initial, SegmentFlags.Syn, 0, 0);
        network.At(Delay * 4, () => trial._accepted[0].Do(c => c.ShutdownSend()));
        network.At(Delay * 6, () => trial.Send(Initial + 1 + Bytes, SegmentFlags.Fin | SegmentFlags.Ack, 0, 0));
        network.At(Delay * 8, () =>
        {
            trial._isSecond = true;
            trial.Send(Initial, SegmentFlags.Syn, 0, 0);
        });

        // The copy arrives when the second connection is open, if it is, and before the client's own first data.
        network.At(Delay * 11, () => client.Send(trial._copy, machine.Host.Address));
        network.At(Delay * 12, () => trial.Send(Initial + 1, SegmentFlags.Ack | SegmentFlags.Psh, Bytes, New));
        network.RunUntil(Delay * 20);
        return trial;
    }

    // The client of either connection: it acknowledges what comes, and in the first one sends its data behind the handshake.
    private void Receive(ReadOnlySpan<byte> bytes)
    {
        if (!SegmentReader.TryRead(bytes, out Segment segment, out SegmentError _))
        {
            return;
        }

        if (!segment.Header.Has(SegmentFlags.Syn | SegmentFlags.Ack))
        {
            _expected = segment.Header.Has(SegmentFlags.Fin) ? segment.Header.Sequence.Add(1).Value : _expected;
            return;
        }

        _expected = segment.Header.Sequence.Add(1).Value;
        IsOpened |= _isSecond;
        Send(Initial + 1, SegmentFlags.Ack, _isSecond ? 0 : Bytes, Old);
    }

    private void Send(uint sequence, SegmentFlags flags, int length, byte content)
    {
        var header = new SegmentHeader
        {
            SourcePort = 50_000,
            DestinationPort = (ushort)_server.Host.Address.Port,
            Sequence = new SequenceNumber(sequence),
            Acknowledgment = new SequenceNumber((flags & SegmentFlags.Ack) != 0 ? _expected : 0),
            Flags = flags,
            Window = 65_535,
            Options = (flags & SegmentFlags.Syn) != 0 ? new SegmentOptions { MaxSegmentSize = 1_400 } : default,
        };
        Span<byte> segment = _buffer.AsSpan(0, SegmentWriter.SizeOf(header.Options) + length);
        segment[^length..].Fill(content);
        SegmentWriter.Write(segment, header);
        _copy = length > 0 && !_isSecond ? segment.ToArray() : _copy;
        _client.Send(segment, _server.Host.Address);
    }
}
