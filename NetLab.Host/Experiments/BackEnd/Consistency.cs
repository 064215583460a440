using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Udp.Links;

namespace NetLab.Host.Experiments.BackEnd;

/// <summary>Three replicas, and a cut between one of them and the other two: consistent, or available.</summary>
internal sealed class Consistency : Experiment
{
    private const int Replicas = 3;
    private const string ReadsLocally = "consistent reads ask nobody";
    private const string AllCut = "all three are cut off from one another";
    private const string NeverHeals = "the cut does not heal";
    private const string AlwaysAsks = "each for itself asks for a majority";
    private const string OneSide = "nobody writes at the replica that is cut off";
    private const string NeverMerges = "replicas do not speak after the cut";

    private static readonly TimeSpan CutAt = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HealedAt = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan End = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan GossipEvery = TimeSpan.FromMilliseconds(100);

    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay between replicas", "10ms", "1ms", "20ms");

    public override string Name => "cap";

    public override string Title => "Consistent or available";

    public override string Summary => "Three replicas 20 ms apart keep one value. From 5 to 15 s the third is cut off. A client at each reads and writes ten times a second: by majorities, and each replica for itself.";

    public override string Question =>
        "During the cut: which clients get errors, and which read old values, when every read and write needs a majority, and when every replica answers by itself? And what does each cost when nothing is cut?";

    public override IReadOnlyList<Parameter> Parameters => [Delay];

    public override IReadOnlyList<Mutation> Mutations => [new(ReadsLocally) { IsOwn = true }, new(NeverMerges) { IsOwn = true }, new(AllCut) { IsOwn = true }, new(NeverHeals) { IsOwn = true }, new(AlwaysAsks) { IsOwn = true }, new(OneSide) { IsOwn = true }];

    public override void Run(Bench bench)
    {
        Outcome cp = Try(bench, majorities: true);
        Outcome ap = Try(bench, majorities: bench.IsBroken(AlwaysAsks));
        double roundTrip = 2 * bench.Get(Delay).TotalMilliseconds;

        bench.Law("errors at the cut-off replica, majorities", cp.ErrorsInCut / (double)cp.AskedInCut, 1, 0, "", "one of three is no majority (Gilbert and Lynch 2002)");
        bench.Law("errors at the other two, majorities", cp.ErrorsElsewhere, 0, 0, "", "two of three are");
        bench.Law("reads of old values, majorities", cp.Stale, 0, 0, "", "any two majorities share a replica (Gifford 1979)");
        bench.Law("errors, each for itself", ap.ErrorsInCut + ap.ErrorsElsewhere, 0, 0, "", "every replica answers");
        bench.LawBetween("reads of old values, each for itself", ap.Stale, 50, 1_000, "", "the two sides do not hear of each other's writes (Gilbert and Lynch 2002)");
        bench.LawTrue("all replicas the same at the end, majorities", cp.IsSame, "who was cut off hears the newest value with the next majority");
        bench.LawTrue("all replicas the same at the end, each for itself", ap.IsSame, "they exchange what they have, and the latest write wins (Vogels 2009)");
        bench.Law("writes of the losing side that were answered and are gone, each for itself", ap.Overwritten, 50, 0, "", "ten writes a second at two replicas in turns, for ten seconds: the merge keeps the other side's latest");
        bench.Law("latency without a cut, majorities", cp.Latency, roundTrip, 0.01, "ms", "the nearest other replica has to answer (PACELC: Abadi 2012)");
        bench.Law("latency without a cut, each for itself", ap.Latency, 0, 0, "ms", "nobody is asked (PACELC: Abadi 2012)");
        bench.Picture("answers", "What clients were told", () => new Chart("the third replica is cut off from 5 to 15 s", new Axis("time", "s") { Min = 0, Max = End.TotalSeconds }, new Axis("", "") { Categories = ["error, majorities", "old value, each for itself"] },
        [
            new MarkLayer(MarkShape.Cross, [.. cp.ErrorTimes.Select(t => new Point(t, 0))]) { Name = "error" },
            new MarkLayer(MarkShape.Tick, [.. ap.StaleTimes.Select(t => new Point(t, 1))]) { Name = "old value" },
        ]));
    }

    public override string Explanation =>
        "While the network is cut, a replica that cannot reach the others has two ways: to say no, or to answer from what it has. With majorities the cut-off client gets errors and nobody ever reads an old value; each for itself, everybody gets an answer, and those on the other side of the cut read what was overwritten elsewhere. When the cut heals, the latest write wins and the other is gone, although its client was told that it was kept. "
        + "And without a cut, which is nearly always, consistency costs a round trip a request.";

    public override IReadOnlyList<string> Sources => ["Gilbert and Lynch 2002", "Gifford 1979", "Abadi 2012 (PACELC)", "Vogels 2009"];

    private static Outcome Try(Bench bench, bool majorities)
    {
        LabNetwork network = bench.NewNetwork();
        var cluster = new Cluster(network, bench.Get(Delay)) { CutsAll = bench.IsBroken(AllCut) };
        var outcome = new Outcome();
        long written = 0;
        long newest = 0;
        var answered = new List<(long Value, int Replica)>();
        network.At(CutAt, () => cluster.IsCut = true);
        if (!bench.IsBroken(NeverHeals))
        {
            network.At(HealedAt, () => cluster.IsCut = false);
        }

        if (!bench.IsBroken(NeverMerges))
        {
            for (TimeSpan at = GossipEvery; at < End; at += GossipEvery)
            {
                network.At(at, cluster.Gossip);
            }
        }

        // Writes at replicas 0 and 2 in turns, reads at all of them in between; none so late that its answer could not come.
        int turn = 0;
        for (TimeSpan at = TimeSpan.FromMilliseconds(200); at < End - TimeSpan.FromSeconds(1); at += TimeSpan.FromMilliseconds(50))
        {
            int step = turn++;
            int replica = step % 2 == 0 ? (step / 2 % 2 == 0 || bench.IsBroken(OneSide) ? 0 : 2) : step / 2 % Replicas;
            bool writes = step % 2 == 0;
            network.At(at, () =>
            {
                TimeSpan asked = network.Now;
                bool inCut = asked >= CutAt && asked < HealedAt;
                bool isCutOff = inCut && replica == 2;

                // What a read must at least see: the newest value whose writer had been answered when it was asked.
                long mustSee = newest;
                long value = writes ? ++written : 0;
                void Done(long? got)
                {
                    outcome.AskedInCut += isCutOff ? 1 : 0;
                    if (got is null)
                    {
                        (outcome.ErrorsInCut, outcome.ErrorsElsewhere) = (outcome.ErrorsInCut + (isCutOff ? 1 : 0), outcome.ErrorsElsewhere + (isCutOff ? 0 : 1));
                        outcome.ErrorTimes.Add(asked.TotalSeconds);
                        return;
                    }

                    if (!inCut && asked < CutAt)
                    {
                        outcome.Latencies.Add((network.Now - asked).TotalMilliseconds);
                    }

                    if (writes)
                    {
                        newest = Math.Max(newest, value);
                        if (inCut)
                        {
                            answered.Add((value, replica));
                        }
                    }
                    else if (got < mustSee && (inCut || majorities))
                    {
                        outcome.StaleTimes.Add(asked.TotalSeconds);
                    }
                }

                if (!majorities)
                {
                    Done(writes ? cluster.WriteLocally(replica, value) : cluster.Values[replica]);
                }
                else if (!writes && bench.IsBroken(ReadsLocally))
                {
                    Done(cluster.Values[replica]);
                }
                else
                {
                    cluster.Majority(replica, writes ? value : null, Done);
                }
            });
        }

        network.RunUntil(End);
        outcome.IsSame = cluster.Values.Distinct().Count() == 1;

        // Answered during the cut, at the side whose latest value the merge did not keep, and never seen by the other side.
        bool isThirdKept = cluster.NewestAtHealing[2] > Math.Max(cluster.NewestAtHealing[0], cluster.NewestAtHealing[1]);
        outcome.Overwritten = answered.Count(w => (w.Replica == 2) != isThirdKept && !cluster.WasSeen(w.Value, atThird: w.Replica != 2));
        return outcome;
    }

    private sealed class Outcome
    {
        public int AskedInCut { get; set; }

        public int ErrorsInCut { get; set; }

        public int ErrorsElsewhere { get; set; }

        public int Stale => StaleTimes.Count;

        public int Overwritten { get; set; }

        public bool IsSame { get; set; }

        public List<double> ErrorTimes { get; } = [];

        public List<double> StaleTimes { get; } = [];

        public List<double> Latencies { get; } = [];

        public double Latency => Latencies.DefaultIfEmpty(double.NaN).Average();
    }

    /// <summary>Three replicas of one value, whose number grows with each write.</summary>
    private sealed class Cluster
    {
        private readonly LabNetwork _network;
        private readonly VirtualHost[,] _ends = new VirtualHost[Replicas, Replicas];
        private readonly Dictionary<long, (int Replica, Action<long?> Done)> _asked = [];
        private readonly HashSet<(long Value, bool AtThird)> _seen = [];
        private long _requests;
        private bool _isCut;

        public Cluster(LabNetwork network, TimeSpan delay)
        {
            _network = network;
            LabHost[] hosts = [.. Enumerable.Range(0, Replicas).Select(i => network.Host($"replica {i}"))];
            for (int i = 0; i < Replicas; i++)
            {
                for (int j = i + 1; j < Replicas; j++)
                {
                    network.Connect(hosts[i], hosts[j], FormattableString.Invariant($"delay={delay.TotalMilliseconds}ms"));
                    (VirtualHost left, VirtualHost right) = network.NewHosts(hosts[i], hosts[j], "replica");
                    (_ends[i, j], _ends[j, i]) = (left, right);
                    (int one, int other) = (i, j);
                    left.OnReceive = (bytes, _, _) => Receive(one, other, bytes);
                    right.OnReceive = (bytes, _, _) => Receive(other, one, bytes);
                }
            }
        }

        public long[] Values { get; } = new long[Replicas];

        public long[] NewestAtHealing { get; } = new long[Replicas];

        /// <summary>Whether a cut parts all of them, and not the third from the other two.</summary>
        public bool CutsAll { get; init; }

        public bool IsCut
        {
            get => _isCut;
            set
            {
                _isCut = value;
                if (!value)
                {
                    Values.CopyTo(NewestAtHealing, 0);
                }
            }
        }

        /// <summary>Whether a value was ever held by the third replica, or by one of the other two.</summary>
        public bool WasSeen(long value, bool atThird) => _seen.Contains((value, atThird));

        public long WriteLocally(int replica, long value)
        {
            if (value > Values[replica])
            {
                Values[replica] = value;
                _seen.Add((value, replica == 2));
            }

            return Values[replica];
        }

        // Each tells the others what it has: the latest write wins.
        public void Gossip()
        {
            for (int i = 0; i < Replicas; i++)
            {
                for (int j = 0; j < Replicas; j++)
                {
                    if (i != j)
                    {
                        Send(i, j, 0, 2, Values[i]);
                    }
                }
            }
        }

        // A replica and one of the two others are a majority. A read hears their values, and a write leaves its own with both.
        public void Majority(int replica, long? write, Action<long?> done)
        {
            long request = ++_requests;
            _asked.Add(request, (replica, done));
            if (write is { } value)
            {
                WriteLocally(replica, value);
            }

            for (int i = 0; i < Replicas; i++)
            {
                if (i != replica)
                {
                    Send(replica, i, request, 0, Values[replica]);
                }
            }

            _network.In(Patience, () =>
            {
                if (_asked.Remove(request))
                {
                    done(null);
                }
            });
        }

        private bool IsParted(int one, int other) => IsCut && (CutsAll || one == 2 || other == 2);

        private void Send(int from, int to, long request, byte kind, long value)
        {
            if (!IsParted(from, to))
            {
                _ends[from, to].Send([kind, .. BitConverter.GetBytes(request), .. BitConverter.GetBytes(value)], _ends[to, from].Address);
            }
        }

        // Questions (0) are answered (1); either way the newer value stays. Gossip (2) is not answered.
        private void Receive(int at, int from, ReadOnlySpan<byte> bytes)
        {
            if (IsParted(at, from))
            {
                return;
            }

            (byte kind, long request, long value) = (bytes[0], BitConverter.ToInt64(bytes[1..]), BitConverter.ToInt64(bytes[9..]));
            WriteLocally(at, value);
            if (kind == 0)
            {
                Send(at, from, request, 1, Values[at]);
            }
            else if (kind == 1 && _asked.Remove(request, out (int Replica, Action<long?> Done) asked))
            {
                asked.Done(Values[at]);
            }
        }
    }
}
