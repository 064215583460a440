using System.Buffers;
using System.Net;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>
/// Datagrams that arrive together are taken by shorter ways than one by one: both ways have to come to the same, whatever is lost,
/// repeated, reordered or damaged, and whatever the reader does.
/// </summary>
public sealed class BulkTests
{
    private static readonly DatagramAddress Peer = DatagramAddress.From(new IPEndPoint(IPAddress.Loopback, 40_000));

    [Fact]
    [Conformance(163, 165)]
    public void A_batch_and_its_datagrams_one_by_one_come_to_the_same() => Parallel.For(1, 400, seed =>
    {
        var random = new Random(seed);
        var options = new ConnectionOptions
        {
            ReceiveBufferSize = 1 << random.Next(12, 20),
            Timestamps = random.Next(3) > 0,
            Sack = random.Next(3) > 0,
            KeepAlive = random.Next(2) == 0 ? TimeSpan.FromSeconds(1) : null,
            Ecn = (EcnMode)random.Next(3),
        };
        var together = new Receiver(options);
        var alone = new Receiver(options);
        var sender = new Sending(options, random.Next(50_000, 400_000), random);
        Instant now = Instant.FromOrigin(TimeSpan.FromSeconds(1));
        for (int turn = 0; turn < 200 && !(alone.Stream.IsEndOfStream && sender.IsDone); turn++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(1, 50));
            foreach ((byte[] batch, int segmentSize, EcnCodepoint ecn) in sender.Transmit(now))
            {
                together.Demultiplexer.ReceiveBatch(now, Peer, batch, segmentSize, ecn);
                for (int offset = 0; offset < batch.Length; offset += segmentSize)
                {
                    alone.Demultiplexer.Receive(now, Peer, batch.AsSpan(offset, Math.Min(segmentSize, batch.Length - offset)), ecn);
                }
            }

            together.Attach();
            alone.Attach();
            if (random.Next(3) > 0)
            {
                together.Read();
                alone.Read();
            }

            if (random.Next(10) == 0)
            {
                together.Stream.Write(new byte[100]);
                alone.Stream.Write(new byte[100]);
            }

            together.Demultiplexer.Timeout(now);
            alone.Demultiplexer.Timeout(now);
            byte[][] answers = together.Transmit(now);
            Assert.Equal(alone.Transmit(now), answers);
            Assert.Equal(alone.Stream.ReceivedBytes, together.Stream.ReceivedBytes);
            Assert.Equal(alone.Demultiplexer.NextTimeout, together.Demultiplexer.NextTimeout);
            Assert.Equal(alone.Counts(), together.Counts());
            sender.Receive(now, answers);
        }

        Assert.True(alone.Stream.Received.SequenceEqual(together.Stream.Received), $"seed {seed}: other bytes");
        Assert.True(alone.Stream.ReceivedBytes > 10_000, $"seed {seed}: {alone.Stream.ReceivedBytes} bytes show nothing");
    });

    /// <summary>A batch from before the numbers went round: its timestamps are old, and none of it may be taken.</summary>
    [Fact]
    [Conformance(65)]
    public void Behind_a_segment_that_is_refused_nothing_is_taken()
    {
        ConnectionScript script = ConnectionScript.Listening(peerInitial: 1_000);
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Syn, Options = Stamped(100) });
        script.TakeAll();
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Ack, Sequence = 1, Acknowledgment = 1, Options = Stamped(100) });
        script.Inject(Say.Data(1, 1, new byte[100]) with { Options = Stamped(100) });
        long received = script.Stream.ReceivedBytes;
        script.InjectBatch([Say.Data(1, 1, new byte[100]) with { Options = Stamped(50) }, Say.Data(101, 1, new byte[100]) with { Options = Stamped(50) }]);
        Assert.Equal(received, script.Stream.ReceivedBytes);
        script.InjectBatch([Say.Data(101, 1, new byte[100]) with { Options = Stamped(101) }, Say.Data(201, 1, new byte[100]) with { Options = Stamped(101) }]);
        Assert.Equal(received + 200, script.Stream.ReceivedBytes);

        static SegmentOptions Stamped(uint value) => new() { Timestamps = new SegmentTimestamps(value, 0) };
    }

    private static byte[][] Drain(Demultiplexer demultiplexer, Instant now)
    {
        byte[] buffer = new byte[65_507];
        var sent = new List<byte[]>();
        while (demultiplexer.TryTransmit(now, buffer, 64, out _, out TransmitResult result))
        {
            for (int offset = 0; offset < result.Bytes; offset += result.SegmentSize)
            {
                sent.Add(buffer.AsSpan(offset, Math.Min(result.SegmentSize, result.Bytes - offset)).ToArray());
            }
        }

        return [.. sent];
    }

    /// <summary>The end under test: it listens, and has one connection.</summary>
    private sealed class Receiver
    {
        public Receiver(ConnectionOptions options)
        {
            Demultiplexer = new Demultiplexer(new EndpointSecrets(1, 2));
            Demultiplexer.Listen(new Listener(options, 16, _ => Stream = new SimulatedStream { ReadsAtOnce = false }));
        }

        public Demultiplexer Demultiplexer { get; }

        public SimulatedStream Stream { get; private set; } = new();

        public void Attach()
        {
            foreach (ConnectionEntry entry in Demultiplexer.Entries.Where(e => Stream.Entry is null && ReferenceEquals(e.Connection.Handler, Stream)))
            {
                Stream.Attach(entry, Demultiplexer.MarkReady);
            }
        }

        public void Read() => Stream.Read(Stream.Unread);

        public byte[][] Transmit(Instant now) => Drain(Demultiplexer, now);

        public (long, long, long, long)? Counts() => Stream.Connection?.Statistics is { } s
            ? (s.SegmentsReceived, s.BytesReceived, s.DuplicateAcknowledgments, Demultiplexer.Statistics.BadChecksums)
            : null;
    }

    /// <summary>The peer, and a path that does things to what it sends.</summary>
    private sealed class Sending : IConnectionHandler
    {
        private readonly Demultiplexer _demultiplexer = new(new EndpointSecrets(3, 4));
        private readonly Random _random;
        private readonly ConnectionEntry _entry;
        private readonly byte[] _bytes;
        private long _acknowledged;

        public Sending(ConnectionOptions options, int bytes, Random random)
        {
            _random = random;
            _bytes = new byte[bytes];
            random.NextBytes(_bytes);
            _entry = _demultiplexer.Open(Instant.FromOrigin(TimeSpan.FromSeconds(1)), Peer, options with { Pacing = false }, this);
            Supply();
            _entry.Connection.ShutdownSend();
        }

        public bool IsDone => _acknowledged == _bytes.Length;

        // Batches as the kernel hands them over: of one size but for the last, which is not larger.
        public IEnumerable<(byte[] Batch, int SegmentSize, EcnCodepoint Ecn)> Transmit(Instant now)
        {
            _demultiplexer.Timeout(now);
            _demultiplexer.MarkReady(_entry);
            byte[] buffer = new byte[65_507];
            var datagrams = new List<(byte[] Bytes, EcnCodepoint Ecn)>();
            while (_demultiplexer.TryTransmit(now, buffer, 64, out _, out TransmitResult result))
            {
                for (int offset = 0; offset < result.Bytes; offset += result.SegmentSize)
                {
                    datagrams.Add((buffer.AsSpan(offset, Math.Min(result.SegmentSize, result.Bytes - offset)).ToArray(), result.Ecn));
                }
            }

            Disturb(datagrams);
            for (int first = 0; first < datagrams.Count;)
            {
                (byte[] head, EcnCodepoint ecn) = datagrams[first];
                int count = 1;
                bool ended = false;
                while (!ended && first + count < datagrams.Count && datagrams[first + count].Bytes.Length <= head.Length && datagrams[first + count].Ecn == ecn)
                {
                    ended = datagrams[first + count].Bytes.Length < head.Length;
                    count++;
                }

                yield return ([.. datagrams.Skip(first).Take(count).SelectMany(d => d.Bytes)], head.Length, ecn);
                first += count;
            }
        }

        public void Receive(Instant now, byte[][] datagrams)
        {
            foreach (byte[] datagram in datagrams)
            {
                _demultiplexer.Receive(now, Peer, datagram);
            }
        }

        public void OnEstablished()
        {
        }

        public void OnReceived(ReadOnlySpan<byte> bytes) => _entry.Connection.Consumed(bytes.Length);

        public void OnEndOfStream()
        {
        }

        public void OnAcknowledged(long bytes)
        {
            _acknowledged += bytes;
            Supply();
        }

        public void OnClosed(CloseReason reason)
        {
        }

        private void Supply() => _entry.Connection.Write(new ReadOnlySequence<byte>(_bytes, (int)_acknowledged, _bytes.Length - (int)_acknowledged));

        private void Disturb(List<(byte[] Bytes, EcnCodepoint Ecn)> datagrams)
        {
            for (int i = datagrams.Count - 1; i >= 0; i--)
            {
                switch (_random.Next(60))
                {
                    case 0:
                        datagrams.RemoveAt(i);
                        break;
                    case 1:
                        datagrams.Insert(_random.Next(datagrams.Count + 1), datagrams[i]);
                        break;
                    case 2:
                        int other = _random.Next(datagrams.Count);
                        (datagrams[i], datagrams[other]) = (datagrams[other], datagrams[i]);
                        break;
                    case 3:
                        byte[] damaged = [.. datagrams[i].Bytes];
                        damaged[_random.Next(damaged.Length)] ^= (byte)(1 << _random.Next(8));
                        datagrams[i] = (damaged, datagrams[i].Ecn);
                        break;
                    case 4 when datagrams[i].Ecn != EcnCodepoint.NotEct:
                        datagrams[i] = (datagrams[i].Bytes, EcnCodepoint.Ce);
                        break;
                    default:
                        break;
                }
            }
        }
    }
}
