using System.Globalization;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;
using NetLab.Udp.Links.Queues;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Simulation;

/// <summary>
/// Two machines over random links: loss to 50 %, bursts, reordering, duplication, corruption, blackouts, cuts of the rate, and
/// every congestion control, marked and unmarked. Everything is drawn from the seed,
/// so a failing seed can be run again with NETLAB_FIRST_SEED; NETLAB_SEEDS says how many are run.
/// </summary>
public sealed class RandomLinkTests
{
    // A lost SYN costs seconds and a run of losses doubles the wait each time; nothing takes longer than this.
    private static readonly TimeSpan Bound = TimeSpan.FromHours(2);

    [Fact]
    [Conformance(3, 12)]
    public void Every_byte_arrives_both_ways_and_both_ends_close()
    {
        int first = FromEnvironment("NETLAB_FIRST_SEED", 1);
        int count = FromEnvironment("NETLAB_SEEDS", 2_000);
        var failures = new List<string>();
        Parallel.For(first, first + count, seed =>
        {
            if (Run((ulong)seed, Bound) is { } failure)
            {
                lock (failures)
                {
                    failures.Add(failure);
                }
            }
        });
        Assert.True(failures.Count == 0, $"{failures.Count} of {count} seeds failed, such as\n{string.Join('\n', failures.Take(5))}");
    }

    [Theory]
    [InlineData(7)]
    [InlineData(4711)]
    [Conformance(175)]
    public void A_seed_prints_the_same_trace_again(int seed)
    {
        string[] once = Trace((ulong)seed);
        Assert.NotEmpty(once);
        Assert.Equal(once, Trace((ulong)seed));
        Assert.NotEqual(once, Trace((ulong)seed + 1));

        static string[] Trace(ulong seed)
        {
            Scenario scenario = Scenario.Draw(seed);
            scenario.Pair.KeepsTrace = true;
            scenario.Play(Bound);
            return [.. scenario.Pair.Trace];
        }
    }

    [Fact]
    [Conformance(163)]
    public void Batches_of_one_and_of_many_are_the_same_segments_at_the_same_times() => Parallel.For(1, 200, seed =>
    {
        Assert.True(Trace(1).SequenceEqual(Trace(64)), $"seed {seed}");

        string[] Trace(int batch)
        {
            Scenario scenario = Scenario.Draw((ulong)seed);
            scenario.Pair.KeepsTrace = true;
            (scenario.Pair.ClientEndpoint.BatchSize, scenario.Pair.ServerEndpoint.BatchSize) = (batch, batch);
            scenario.Play(Bound);
            return [.. scenario.Pair.Trace];
        }
    });

    /// <summary>Whoever is observed goes by the long ways, one segment at a time, so that each can be told of.</summary>
    [Fact]
    public void Who_is_observed_does_the_same_as_who_is_not() => Parallel.For(1, 200, seed =>
    {
        Assert.True(Trace(null).SequenceEqual(Trace(new Deaf())), $"seed {seed}");

        string[] Trace(IConnectionObserver? observer)
        {
            Scenario scenario = Scenario.Draw((ulong)seed, observer);
            scenario.Pair.KeepsTrace = true;
            scenario.Play(Bound);
            return [.. scenario.Pair.Trace];
        }
    });

    [Fact]
    public void A_seed_that_fails_is_told_with_its_script()
    {
        // No handshake over a link with any delay is done within a microsecond.
        string? failure = Run(4711, TimeSpan.FromMicroseconds(1));
        Assert.NotNull(failure);
        Assert.Contains("seed 4711: the handshake did not end", failure, StringComparison.Ordinal);
        Assert.Contains("NETLAB_FIRST_SEED=4711 NETLAB_SEEDS=1", failure, StringComparison.Ordinal);
        string file = failure.Split('\n').Single(l => l.StartsWith("whole script: ", StringComparison.Ordinal))["whole script: ".Length..];
        string[] script = File.ReadAllLines(file);
        File.Delete(file);
        Assert.Contains(script, l => l.Contains("the client writes", StringComparison.Ordinal));
        Assert.Contains(script, l => l.Contains("client sends SYN", StringComparison.Ordinal));
    }

    private static string? Run(ulong seed, TimeSpan bound) =>
        Play(Scenario.Draw(seed), bound) is { } problem ? Report(seed, problem, bound) : null;

    private static string? Play(Scenario scenario, TimeSpan bound)
    {
        try
        {
            return scenario.Play(bound);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error.ToString();
        }
    }

    // Once more, and written down this time: the same seed is the same run.
    private static string Report(ulong seed, string problem, TimeSpan bound)
    {
        Scenario scenario = Scenario.Draw(seed);
        scenario.Pair.KeepsTrace = true;
        Play(scenario, bound);
        string[] script = [.. scenario.Steps, "", .. scenario.Pair.Trace];
        string file = Path.Combine(Path.GetTempPath(), $"netlab-seed-{seed}.txt");
        File.WriteAllLines(file, script);
        IEnumerable<string> shown = script.Length <= 60 ? script : [.. script[..30], $"... {script.Length - 60} lines ...", .. script[^30..]];
        return $"""
            seed {seed}: {problem}
            again: NETLAB_FIRST_SEED={seed} NETLAB_SEEDS=1 dotnet test tests/NetLab.Tcp.Tests --filter RandomLink
            {string.Join('\n', shown)}
            whole script: {file}
            """;
    }

    private static int FromEnvironment(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : fallback;

    private sealed class Deaf : IConnectionObserver
    {
        public void OnEvent(in ConnectionEvent happened)
        {
        }
    }

    private sealed class Scenario
    {
        private readonly byte[] _up;
        private readonly byte[] _down;

        private Scenario(SimulatedPair pair, byte[] up, byte[] down, IEnumerable<string> steps) =>
            (Pair, _up, _down, Steps) = (pair, up, down, [.. steps]);

        public SimulatedPair Pair { get; }

        /// <summary>What is done to the two machines and the link, in words.</summary>
        public IReadOnlyList<string> Steps { get; }

        public static Scenario Draw(ulong seed, IConnectionObserver? observer = null)
        {
            var random = new Random((int)seed);
            var direction = new LinkDirection
            {
                Delay = TimeSpan.FromMilliseconds(random.Next(0, 100)),
                Jitter = TimeSpan.FromMilliseconds(random.Next(0, 3) == 0 ? random.Next(0, 50) : 0),
                JitterReorders = random.Next(2) == 0,
                Loss = random.Next(3) == 0 ? 0 : random.NextDouble() * (random.Next(4) == 0 ? 0.5 : 0.3),
                Burst = random.Next(3) == 0 ? 1 + (random.NextDouble() * 4) : 1,
                Reorder = random.Next(2) == 0 ? random.NextDouble() * 0.3 : 0,
                Duplicate = random.Next(2) == 0 ? random.NextDouble() * 0.2 : 0,
                Corrupt = random.Next(2) == 0 ? random.NextDouble() * 0.1 : 0,
                Rate = random.Next(3) == 0 ? random.Next(100, 100_000) * 1000L : 0,
                Queue = random.Next(4, 256) << 10,
                Discipline = new DropTailSettings { Mark = random.Next(2) == 0 ? random.Next(1, 128) << 10 : 0 },
                Bleaches = random.Next(4) == 0,
            };
            var link = new LinkDescription { Up = direction, Down = direction, Seed = seed };
            bool searches = random.Next(3) == 0;
            ConnectionOptions client = Options(random) with { MtuSearch = searches, Observe = observer is null ? null : _ => observer };
            ConnectionOptions server = Options(random) with { MtuSearch = searches, Observe = client.Observe };
            if (searches)
            {
                // Whatever finds its size itself passes a path that is as wide as every path is; who does not search, need not.
                (client, server) = (client with { Sack = true }, server with { Sack = true });
                direction = direction with { Mtu = random.Next(1_228, 9_000) };
                link = link with { Up = direction, Down = direction };
            }

            byte[] up = Bytes(random, direction);
            byte[] down = Bytes(random, direction);
            var pair = new SimulatedPair(link, seed, client, server, random.Next(2) == 0 ? uint.MaxValue - (uint)random.Next(60_000) : null);
            string[] disturbances = [.. Disturb(pair, direction, random)];
            return new Scenario(
                pair,
                up,
                down,
                [
                    $"link both ways: {direction}",
                    $"client: {client}",
                    $"server: {server}",
                    $"0 ms: the client writes {up.Length} bytes and shuts down",
                    $"once established: the server writes {down.Length} bytes and shuts down",
                    .. disturbances,
                ]);
        }

        public string? Play(TimeSpan bound)
        {
            Pair.Client.Write(_up);
            Pair.Client.Do(c => c.ShutdownSend());
            if (!Pair.Run(() => Pair.Server is { IsEstablished: true } || Pair.Client.CloseReason is not null, bound))
            {
                return "the handshake did not end";
            }

            if (Pair.Server is { CloseReason: null } server)
            {
                server.Write(_down);
                server.Do(c => c.ShutdownSend());
            }

            if (!Pair.Run(() => Pair.Client.CloseReason is not null && Pair.Server?.CloseReason is not null, bound))
            {
                return $"not closed: client {State(Pair.Client)}, server {State(Pair.Server)}";
            }

            if (Pair.Client.CloseReason != CloseReason.Finished || Pair.Server!.CloseReason != CloseReason.Finished)
            {
                return $"closed as {Pair.Client.CloseReason} and {Pair.Server?.CloseReason}";
            }

            if (!Pair.Server.Received.SequenceEqual(_up) || !Pair.Client.Received.SequenceEqual(_down))
            {
                return "bytes differ";
            }

            Pair.Run(() => Pair.ClientEndpoint.Connections + Pair.ServerEndpoint.Connections == 0, bound + TimeSpan.FromHours(1));
            return Pair.ClientEndpoint.Connections + Pair.ServerEndpoint.Connections == 0 ? null : "a connection was left behind";
        }

        private static string State(SimulatedStream? stream) =>
            stream is null ? "none" : $"{stream.Connection?.State} sent {stream.Acknowledged}/{stream.Written} got {stream.Received.Count}";

        // Now and then the link goes dark for a while, or carries a tenth of what it did.
        private static IEnumerable<string> Disturb(SimulatedPair pair, LinkDirection usual, Random random)
        {
            for (int i = random.Next(4); i > 0; i--)
            {
                Instant from = Instant.FromOrigin(TimeSpan.FromMilliseconds(random.Next(0, 20_000)));
                Instant until = from + TimeSpan.FromMilliseconds(random.Next(1, 5_000));
                LinkDirection bad = random.Next(usual.Mtu > 0 ? 3 : 2) switch
                {
                    0 => usual with { Loss = 1 },
                    1 => usual with { Rate = Math.Max(50_000, usual.Rate / 10) },
                    _ => usual with { Mtu = 1_228 },
                };
                pair.Network.Schedule(from, () => Change(pair, bad));
                pair.Network.Schedule(until, () => Change(pair, usual));
                yield return $"{from} to {until}: the link is {bad}";
            }
        }

        private static void Change(SimulatedPair pair, LinkDirection direction)
        {
            pair.Up.Model.Change(pair.Network.Now, direction);
            pair.Down.Model.Change(pair.Network.Now, direction);
        }

        private static ConnectionOptions Options(Random random) => new()
        {
            MaxSegmentSize = random.Next(3) == 0 ? random.Next(200, 65_000) : 1400,
            ReceiveBufferSize = 1 << random.Next(10, 23),
            Congestion = (CongestionAlgorithm)random.Next(3),
            Pacing = random.Next(4) != 0,
            Sack = random.Next(4) != 0,
            Timestamps = random.Next(4) != 0,
            WindowScaling = random.Next(4) != 0,
            Nagle = random.Next(4) == 0,
            Ecn = (EcnMode)random.Next(4),

            // Lossy enough that a FIN may be sent for minutes: TIME-WAIT has to outlast it, or the last ACK is a RST.
            MaxSegmentLifetime = TimeSpan.FromMinutes(10),

            // A burst ends after so many datagrams and not after so much time: who backs off to a minute sits in one for an
            // hour, which is right and tells nothing.
            MaxRetransmissionTimeout = TimeSpan.FromSeconds(10),
            MaxSynRetransmissions = 200,
            MaxRetransmissions = 500,
        };

        private static byte[] Bytes(Random random, LinkDirection link)
        {
            // Where half of everything is lost, each segment waits for minutes: a megabyte would take days.
            int most = random.Next(5) == 0 && link.Loss + link.Corrupt < 0.15 ? 1_000_000 : 60_000;
            byte[] bytes = new byte[random.Next(4) switch { 0 => 0, 1 => random.Next(1, 100), _ => random.Next(1, most) }];
            random.NextBytes(bytes);
            return bytes;
        }
    }
}
