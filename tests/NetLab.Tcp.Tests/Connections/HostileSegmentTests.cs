using System.Buffers;
using System.Globalization;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>
/// Segments that somebody made up, by the hundred thousand, and by the hundred million with NETLAB_FUZZ=100000000: nothing is
/// thrown, nothing grows, and nobody who may not be there is answered by more than came. NETLAB_FUZZ_SEED repeats a run.
/// </summary>
public sealed class HostileSegmentTests
{
    private const int Backlog = 16;

    private static int Inputs => FromEnvironment("NETLAB_FUZZ", 200_000);

    private static int Seed => FromEnvironment("NETLAB_FUZZ_SEED", 1);

    [Fact]
    [Conformance(14)]
    public void Whatever_bytes_come_the_reader_reads_or_refuses_and_what_it_reads_can_be_written_again() => InParallel((random, inputs) =>
    {
        byte[] datagram = new byte[100];
        byte[] again = new byte[160];
        for (int i = 0; i < inputs; i++)
        {
            int length = random.Next(datagram.Length);
            random.NextBytes(datagram.AsSpan(0, length));
            if (length >= SegmentHeader.MinSize && random.Next(4) > 0)
            {
                // Most would fail at the checksum: it is mended, so that what lies behind it is looked at.
                datagram[12] = (byte)(random.Next(4, 16) << 4);
                datagram[16] = datagram[17] = 0;
                ushort checksum = InternetChecksum.OfSegment(datagram.AsSpan(0, length));
                (datagram[16], datagram[17]) = ((byte)(checksum >> 8), (byte)checksum);
            }

            if (!SegmentReader.TryRead(datagram.AsSpan(0, length), out Segment segment, out _))
            {
                continue;
            }

            int size = SegmentWriter.SizeOf(segment.Header.Options);
            if (size > SegmentHeader.MaxSize)
            {
                continue;
            }

            segment.Payload.CopyTo(again.AsSpan(size));
            Span<byte> written = again.AsSpan(0, size + segment.Payload.Length);
            SegmentWriter.Write(written, segment.Header);
            if (!SegmentReader.TryRead(written, out Segment copy, out SegmentError error))
            {
                throw new InvalidOperationException($"what was written cannot be read: {error}");
            }

            if (copy.Header.Sequence != segment.Header.Sequence || copy.Header.Flags != segment.Header.Flags || !copy.Payload.SequenceEqual(segment.Payload))
            {
                throw new InvalidOperationException("what was written is read as something else");
            }
        }
    });

    [Fact]
    [Conformance(47, 119)]
    public void Whatever_segments_come_the_machine_neither_throws_nor_grows_nor_talks_too_much() => InParallel((random, inputs) =>
    {
        var endpoint = new Victim(random);
        var seen = new HashSet<ConnectionState>();
        for (int i = 0; i < inputs; i++)
        {
            if (i % 5_000 == 0)
            {
                endpoint = new Victim(random);
            }

            endpoint.Attack();
            seen.UnionWith(endpoint.States);
        }

        // Made-up segments that all bounce off would show nothing. Who is closed is forgotten at once, and not seen.
        ConnectionState[] missing = [.. Enum.GetValues<ConnectionState>().Except(seen).Except([ConnectionState.Closed])];
        if (missing.Length > 0)
        {
            throw new InvalidOperationException($"no connection was ever in {string.Join(", ", missing)}");
        }
    });

    private static void InParallel(Action<Random, int> attack)
    {
        int workers = Math.Max(1, Environment.ProcessorCount);
        int seed = Seed;
        Parallel.For(0, workers, worker =>
        {
            try
            {
                attack(new Random((seed * 1000) + worker), Inputs / workers);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"NETLAB_FUZZ_SEED={seed}: {error.Message}", error);
            }
        });
    }

    private static int FromEnvironment(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : fallback;

    /// <summary>An endpoint that listens, has connections in many states, and is shot at.</summary>
    private sealed class Victim
    {
        private readonly Random _random;
        private readonly Demultiplexer _demultiplexer;
        private readonly byte[] _buffer = new byte[65_507];
        private readonly byte[] _datagram = new byte[1500];

        // The last segments seen on the wire: an attacker on the path knows them, and builds on them.
        private readonly Sighting[] _sightings = new Sighting[16];
        private Sighting _target;
        private Instant _now = Instant.FromOrigin(TimeSpan.FromHours(1));

        public Victim(Random random)
        {
            _random = random;
            _demultiplexer = new Demultiplexer(new EndpointSecrets((ulong)random.NextInt64(), (ulong)random.NextInt64()));
            var options = new ConnectionOptions
            {
                ReceiveBufferSize = 16_384,
                Congestion = (CongestionAlgorithm)random.Next(3),
                Sack = random.Next(3) > 0,
                Timestamps = random.Next(3) > 0,
                Ecn = (EcnMode)random.Next(3),
            };
            _demultiplexer.Listen(new Listener(options, Backlog, _ => new Application()));
            for (int i = 0; i < 3; i++)
            {
                ConnectionEntry entry = _demultiplexer.Open(_now, Peer(i), options, new Application());
                entry.Connection.Write(new ReadOnlySequence<byte>(new byte[random.Next(20_000)]));
            }
        }

        public IEnumerable<ConnectionState> States => _demultiplexer.Entries.Select(entry => entry.Connection.State);

        // A SYN_ACK tests whether the path lets the AccECN option through (RFC 9768, 3.2.3.2.1): so much more, and no more.
        private const int AccurateEcnOption = 12;

        public void Attack()
        {
            _target = _random.Next(4) == 0
                ? new Sighting(Peer(_random.Next(4)), (ushort)_random.Next(1, 4), 80, default, default)
                : _sightings[_random.Next(_sightings.Length)];
            int length = Make();
            long before = _demultiplexer.Count;
            _demultiplexer.Receive(_now, _target.From, _datagram.AsSpan(0, length), (EcnCodepoint)_random.Next(4));
            int answered = Drain(mayOpen: _demultiplexer.Count > before);
            if (answered > length + AccurateEcnOption)
            {
                throw new InvalidOperationException($"a SYN of {length} bytes is answered by {answered}");
            }

            if (_random.Next(20) == 0)
            {
                _now += TimeSpan.FromMilliseconds(Math.Pow(10, _random.NextDouble() * 6) - 1);
                _demultiplexer.Timeout(_now);
            }

            if (_random.Next(50) == 0)
            {
                Apply();
            }

            Drain(mayOpen: false);
        }

        private static DatagramAddress Peer(int index) => DatagramAddress.FromIPv4(0x0A00_0001u + (uint)index, 9_000);

        private int Make()
        {
            SegmentFlags flags = _random.Next(4) switch
            {
                0 => (SegmentFlags)_random.Next(64),
                1 => SegmentFlags.Syn | (SegmentFlags)(_random.Next(2) * (int)SegmentFlags.Ack),
                2 => SegmentFlags.Ack | (SegmentFlags)(_random.Next(2) * (int)SegmentFlags.Fin),
                _ => SegmentFlags.Ack,
            };
            int payload = _random.Next(3) == 0 ? _random.Next(1000) : 0;
            var options = new SegmentOptions
            {
                MaxSegmentSize = _random.Next(4) == 0 ? _random.Next(65_536) : null,
                WindowScale = _random.Next(4) == 0 ? _random.Next(256) : null,
                SackPermitted = _random.Next(4) == 0,
                Timestamps = _random.Next(2) == 0 ? new SegmentTimestamps(Near(_target.Echo), Near(_target.Clock)) : null,
                Sack = Blocks(),
            };
            int size = SegmentWriter.SizeOf(options);
            if (size > SegmentHeader.MaxSize)
            {
                options = options with { Sack = default };
                size = SegmentWriter.SizeOf(options);
            }

            var header = new SegmentHeader
            {
                SourcePort = _target.SourcePort,
                DestinationPort = _target.DestinationPort,
                Sequence = new SequenceNumber(Near(_target.Next)),
                Acknowledgment = new SequenceNumber(Near(_target.Acknowledgment)),
                Flags = flags | (_random.Next(2) == 0 ? (SegmentFlags)(_random.Next(8) << 6) : 0),
                Window = (ushort)(_random.Next(3) == 0 ? 0 : _random.Next(65_536)),
                Options = options,
            };
            SegmentWriter.Write(_datagram.AsSpan(0, size + payload), header);
            return size + payload;
        }

        private SackBlocks Blocks()
        {
            var blocks = default(SackBlocks);
            for (int i = _random.Next(4) == 0 ? _random.Next(1, 4) : 0; i > 0; i--)
            {
                blocks.Add(new SackBlock(new SequenceNumber(Near(_target.Acknowledgment)), new SequenceNumber(Near(_target.Acknowledgment))));
            }

            return blocks;
        }

        private uint Near(uint number) => _random.Next(8) switch
        {
            0 => (uint)_random.NextInt64(1L << 32),
            1 => unchecked(number + (uint)_random.Next(-3_000, 3_000)),
            2 => unchecked(number + (uint)_random.Next(-2, 3)),
            _ => number,
        };

        private void Apply()
        {
            foreach (ConnectionEntry entry in _demultiplexer.Entries.ToList())
            {
                switch (_random.Next(30))
                {
                    case 0:
                        entry.Connection.ShutdownSend();
                        break;
                    case 1:
                        entry.Connection.Close(_now);
                        break;
                    case 2:
                        entry.Connection.Abort();
                        break;
                    default:
                        entry.Connection.Consumed(entry.Connection.Unread);
                        Demultiplexer.Accept(entry);
                        break;
                }

                _demultiplexer.MarkReady(entry);
            }
        }

        // Sends all there is to send; returns how many bytes went to somebody who has only just appeared.
        private int Drain(bool mayOpen)
        {
            int unmatched = 0;
            for (int batches = 0; _demultiplexer.TryTransmit(_now, _buffer, 64, out DatagramAddress to, out TransmitResult result); batches++)
            {
                if (batches > 200)
                {
                    throw new InvalidOperationException("one segment is answered without end");
                }

                for (int offset = 0; offset < result.Bytes; offset += result.SegmentSize)
                {
                    ReadOnlySpan<byte> datagram = _buffer.AsSpan(offset, Math.Min(result.SegmentSize, result.Bytes - offset));
                    if (!SegmentReader.TryRead(datagram, out Segment segment, out SegmentError error))
                    {
                        throw new InvalidOperationException($"the machine sent what is no segment: {error}");
                    }

                    _sightings[_random.Next(_sightings.Length)] = Sighting.Of(to, segment);
                    unmatched += mayOpen && segment.Header.Has(SegmentFlags.Syn | SegmentFlags.Ack) ? datagram.Length : 0;
                }
            }

            // Three connections, what the backlog holds of half-open and waiting ones, and what the application has taken.
            if (_demultiplexer.Count > 3 + (2 * Backlog) + Application.Most)
            {
                throw new InvalidOperationException($"{_demultiplexer.Count} connections of made-up segments");
            }

            return unmatched;
        }
    }

    /// <summary>What a segment seen on its way to a peer tells about the one that would be right in answer.</summary>
    private readonly record struct Sighting(
        DatagramAddress From, ushort SourcePort, ushort DestinationPort, uint Next, uint Acknowledgment)
    {
        public uint Clock { get; private init; }

        public uint Echo { get; private init; }

        public static Sighting Of(DatagramAddress to, in Segment segment)
        {
            SegmentHeader header = segment.Header;
            uint end = unchecked(header.Sequence.Value + (uint)segment.SequenceLength);
            return new Sighting(to, header.DestinationPort, header.SourcePort, header.Acknowledgment.Value, end)
            {
                Clock = header.Options.Timestamps?.Value ?? 0,
                Echo = header.Options.Timestamps?.Echo ?? 0,
            };
        }
    }

    private sealed class Application : IConnectionHandler
    {
        /// <summary>Accepted connections live until something ends them: as many as there are ports and peers.</summary>
        public const int Most = 64;

        public void OnEstablished()
        {
        }

        public void OnReceived(ReadOnlySpan<byte> bytes)
        {
        }

        public void OnEndOfStream()
        {
        }

        public void OnAcknowledged(long bytes)
        {
        }

        public void OnClosed(CloseReason reason)
        {
        }
    }
}
