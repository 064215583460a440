using System.IO.Hashing;
using System.Runtime.InteropServices;
using NetLab.Host.Backends;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;

namespace NetLab.Host.Experiments.BackEnd;

/// <summary>Which of ten servers has a key: the remainder of its hash, or its place on a ring.</summary>
internal sealed class Hashing : Experiment
{
    private const string NoneAdded = "no server is added";
    private const string Remainder = "the remainder instead of the ring";
    private const string OnePoint = "one point a server on the ring";

    private static readonly Parameter<int> Servers = Parameter.Count("servers", "servers", 10, 3, 100);
    private static readonly Parameter<int> Points = Parameter.Count("points", "virtual nodes a server on the ring", 100, 1, 10_000);
    private static readonly Parameter<int> Keys = Parameter.Count("keys", "keys", 100_000, 1_000, 5_000_000);

    public override string Name => "hashing";

    public override string Title => "Keys to servers";

    public override double TypicalSeconds => 0.2;

    public override string Summary => "100,000 keys lie on ten servers, by hash(key) mod N and on a ring with 100 virtual nodes a server. A server is added, and one is lost.";

    public override string Question =>
        "An eleventh server is added. What share of the keys moves to another server: by the remainder, on the ring? One of the ten is lost: who takes its keys?";

    public override IReadOnlyList<Parameter> Parameters => [Servers, Points, Keys];

    public override IReadOnlyList<Mutation> Mutations => [new(NoneAdded) { IsOwn = true }, new(Remainder) { IsOwn = true }, new(OnePoint) { IsOwn = true }];

    public override bool HasChance => true;

    public override void Run(Bench bench)
    {
        int servers = bench.Get(Servers);
        int points = bench.IsBroken(OnePoint) ? 1 : bench.Get(Points);
        ulong[] keys = [.. Enumerable.Range(0, bench.Get(Keys)).Select(k => Hash((ulong)k, bench.Seed))];
        Func<ulong, int> Place(int count) => bench.IsBroken(Remainder) ? key => (int)(key % (ulong)count) : Ring(count, points, bench.Seed).Find;

        int more = bench.IsBroken(NoneAdded) ? servers : servers + 1;
        double movedByRemainder = Moved(keys, key => (int)(key % (ulong)servers), key => (int)(key % (ulong)more));
        bench.Law("keys that move by the remainder, one server more", movedByRemainder, servers / (servers + 1.0), 0.02, "", "N ÷ (N + 1): a key stays if both remainders agree", isRandom: true);

        Func<ulong, int> ring = Place(servers);
        double movedOnRing = Moved(keys, ring, Place(more));
        bench.Law("keys that move on the ring, one server more", movedOnRing, 1 / (servers + 1.0), 0.1, "", "1 ÷ (N + 1): only what the new one takes (Karger 1997)", isRandom: true);

        bench.LawBetween("spread of load on the ring · √K", Spread(Loads(keys, ring, servers)) * Math.Sqrt(bench.Get(Points)), 0.7, 1.3, "", "the sum of K arcs, each about exponential: 1 ÷ √K of the mean", isRandom: true);

        // The last server goes: where do its keys lie now?
        Func<ulong, int> without = bench.IsBroken(Remainder) ? key => (int)(key % (ulong)(servers - 1)) : Ring(servers - 1, points, bench.Seed).Find;
        ulong[] orphans = [.. keys.Where(k => ring(k) == servers - 1)];
        double[] heirs = Loads(orphans, without, servers - 1);
        bench.LawBetween("largest share of a lost server's keys that one other gets", heirs.Max() / Math.Max(1, orphans.Length), 1.0 / (servers - 1), 2.5 / (servers - 1), "", "1 ÷ (N − 1) each, with K points: no neighbour takes all", isRandom: true);
        bench.Law("keys of other servers that move when one is lost", Moved([.. keys.Where(k => ring(k) != servers - 1)], ring, without), 0, 0, "", "only the lost one's arcs change hands (Karger 1997)");
        bench.Picture("spread", "Spread of load over virtual nodes", () => new Chart($"{servers} servers", new Axis("virtual nodes a server", "") { IsLogarithmic = true, Min = 0.8, Max = 1_500 }, new Axis("standard deviation ÷ mean", "") { Min = 0 },
        [
            new MarkLayer(MarkShape.Dot, [.. Enumerable.Range(0, 11).Select(i => 1 << i).Select(k => new Point(k, Spread(Loads(keys, Ring(servers, k, bench.Seed).Find, servers))))]) { Name = "measured" },
            new LineLayer([.. Enumerable.Range(0, 41).Select(i => Math.Pow(2, i / 4.0)).Select(k => new Point(k, 1 / Math.Sqrt(k)))]) { Name = "1 ÷ √K", IsReference = true },
        ]));
    }

    public override string Explanation =>
        "By the remainder nearly every key moves when the number of servers changes: a cache is empty at once. On the ring a key belongs to the next point behind its hash; a new server takes only the arcs before its own points, one in N + 1 of the keys. "
        + "With one point a server the arcs are very unequal and a lost server's neighbour takes all of its load; with K points each, the load differs by about 1/√K, and the lost one's keys go to all others.";

    public override IReadOnlyList<string> Sources => ["Karger et al. 1997", "DeCandia et al. 2007 (Dynamo), 4.2"];

    private static double Spread(double[] loads)
    {
        double mean = loads.Average();
        return Math.Sqrt(loads.Average(l => (l - mean) * (l - mean))) / mean;
    }

    private static double Moved(ulong[] keys, Func<ulong, int> before, Func<ulong, int> after) => keys.Count(k => before(k) != after(k)) / (double)Math.Max(1, keys.Length);

    private static double[] Loads(ulong[] keys, Func<ulong, int> place, int servers)
    {
        double[] loads = new double[servers];
        foreach (ulong key in keys)
        {
            loads[place(key)]++;
        }

        return loads;
    }

    private static HashRing Ring(int servers, int points, ulong seed) => new([.. Enumerable.Range(0, servers).Select(s => (ulong)s)], points, ~seed);

    private static ulong Hash(ulong value, ulong seed) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in value)), (long)seed);
}
