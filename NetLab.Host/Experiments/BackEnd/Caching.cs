using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;

namespace NetLab.Host.Experiments.BackEnd;

/// <summary>A cache at the edge, five milliseconds away, before an origin that is a hundred away.</summary>
internal sealed class Caching : Experiment
{
    private const double Edge = 5;
    private const double Origin = 100;
    private const double RequestsPerSecond = 200;
    private const string NoFlights = "each request fetches for itself";
    private const string NearOrigin = "the origin is ten times nearer";
    private const string NoExpiry = "nothing expires";

    private static readonly double[] Lifetimes = [1, 10, 60];
    private static readonly Parameter<int> Objects = Parameter.Count("objects", "objects there are", 1_000, 10, 100_000);
    private static readonly Parameter<double> Skew = Parameter.Share("skew", "Zipf's exponent, as a share", "90%", 0, 2);
    private static readonly Parameter<int> Requests = Parameter.Count("requests", "requests a lifetime", 100_000, 1_000, 5_000_000);

    public override string Name => "caching";

    public override string Title => "A cache at the edge";

    public override double TypicalSeconds => 0.5;

    public override string Summary => "Requests for a thousand objects, some much more often than others, go through a cache whose entries live for 1, 10 and 60 s.";

    public override string Question =>
        "The edge answers in 5 ms what it has, and asks the origin in 100 ms more for what it has not. How many requests does it answer itself when entries live for 1 s, 10 s, a minute? What happens at the moment at which the most popular entry ends?";

    public override IReadOnlyList<Parameter> Parameters => [Objects, Skew, Requests];

    public override IReadOnlyList<Mutation> Mutations => [new(NoFlights) { IsOwn = true }, new(NoExpiry) { IsOwn = true }, new(NearOrigin) { IsOwn = true }];

    public override bool HasChance => true;

    public override void Run(Bench bench)
    {
        double[] popularity = Zipf(bench.Get(Objects), bench.Get(Skew));
        int requests = bench.PerRun(bench.Get(Requests));
        var got = new List<Point>();
        foreach (double lifetime in Lifetimes)
        {
            (double hits, double latency) = Try(bench, popularity, lifetime, requests);
            double expected = popularity.Sum(p => p * HitRatio(p * RequestsPerSecond, lifetime));
            got.Add(new Point(lifetime, hits));
            bench.Law($"share answered at the edge, {lifetime:0} s", hits, expected, 0.03, "", "Σ pᵢ · λᵢT ÷ (1 + λᵢf + λᵢT): one fetch of f = 100 ms a lifetime (Jung et al. 2003)", isRandom: true);
            bench.Law($"mean latency, {lifetime:0} s", latency, (hits * Edge) + ((1 - hits) * (Edge + Origin)), 0.001, "ms", "h · 5 + (1 − h) · 105");
        }

        int alone = Stampede(bench, oneFlight: false);
        int together = Stampede(bench, oneFlight: !bench.IsBroken(NoFlights));
        bench.LawBetween("fetches when a popular entry ends, each for itself", alone, 150, 260, "", "1 + λf: 2,000 requests a second for 100 ms", isRandom: true);
        bench.Law("fetches with one flight at a time", together, 1, 0, "", "who comes meanwhile waits for the same answer");
        bench.Picture("hits", "Share answered at the edge", () => new Chart("over the lifetime of entries", new Axis("lifetime", "s") { IsLogarithmic = true, Min = 0.7, Max = 100 }, new Axis("share answered at the edge", "") { Min = 0, Max = 1 },
        [
            new MarkLayer(MarkShape.Dot, got) { Name = "measured" },
            new LineLayer([.. Enumerable.Range(0, 41).Select(i => Math.Pow(10, i / 20.0)).Select(t => new Point(t, popularity.Sum(p => p * HitRatio(p * RequestsPerSecond, t))))]) { Name = "theory", IsReference = true },
        ]));
    }

    public override string Explanation =>
        "An entry is fetched once and then answers whatever comes in its lifetime: the popular ones nearly always, the rare ones hardly ever, and the long tail decides the sum. The mean follows the share that is answered at the edge in a straight line. When the most popular entry ends, everybody asks the origin until the first answer is back: a stampede of λ · 100 ms requests, which one flight at a time turns into one.";

    public override IReadOnlyList<string> Sources => ["Jung, Berger and Balakrishnan 2003", "RFC 9111, 4.2", "Vattani et al. 2015"];

    private static double HitRatio(double rate, double lifetime) => rate * lifetime / (1 + (rate * Origin / 1_000) + (rate * lifetime));

    private static (double Hits, double Latency) Try(Bench bench, double[] popularity, double lifetime, int requests)
    {
        LabNetwork network = bench.NewNetwork();
        Random random = bench.NewRandom();
        using var cache = new MemoryCache(new MemoryCacheOptions { Clock = new NetworkClock(network), ExpirationScanFrequency = TimeSpan.FromDays(1) });
        double[] upTo = Sums(popularity);
        double origin = OriginOf(bench);
        long hits = 0;
        double latency = 0;
        int warm = requests / 10;
        int asked = 0;
        void Ask()
        {
            int index = Array.BinarySearch(upTo, random.NextDouble());
            int item = Math.Min(index < 0 ? ~index : index, upTo.Length - 1);
            bool has = cache.TryGetValue(item, out _);
            if (asked++ >= warm)
            {
                hits += has ? 1 : 0;
                latency += has ? Edge : Edge + origin;
            }

            if (!has)
            {
                network.In(TimeSpan.FromMilliseconds(origin), () =>
                {
                    // Another request may have brought it meanwhile: its lifetime began with the first.
                    if (!cache.TryGetValue(item, out _))
                    {
                        cache.Set(item, item, bench.IsBroken(NoExpiry) ? TimeSpan.FromDays(100) : TimeSpan.FromSeconds(lifetime));
                    }
                });
            }

            if (asked < requests)
            {
                network.In(TimeSpan.FromSeconds(random.NextExponential(1 / RequestsPerSecond)), Ask);
            }
        }

        Ask();
        network.RunUntil(() => asked == requests, TimeSpan.FromDays(10));
        return (hits / (double)(requests - warm), latency / (requests - warm));
    }

    // The entry has just ended: how often is the origin asked until the first answer is there?
    private static int Stampede(Bench bench, bool oneFlight)
    {
        LabNetwork network = bench.NewNetwork();
        Random random = bench.NewRandom();
        int fetches = 0;
        bool isThere = false;
        bool isUnderWay = false;
        void Ask()
        {
            if (!isThere && !(oneFlight && isUnderWay))
            {
                fetches++;
                isUnderWay = true;
                network.In(TimeSpan.FromMilliseconds(OriginOf(bench)), () => isThere = true);
            }

            network.In(TimeSpan.FromSeconds(random.NextExponential(0.1 / RequestsPerSecond)), Ask);
        }

        Ask();
        network.RunUntil(TimeSpan.FromMilliseconds(2 * Origin));
        return fetches;
    }

    private static double OriginOf(Bench bench) => bench.IsBroken(NearOrigin) ? Origin / 10 : Origin;

    private static double[] Sums(double[] values)
    {
        double sum = 0;
        return [.. values.Select(v => sum += v)];
    }

    private static double[] Zipf(int objects, double skew)
    {
        double[] weights = [.. Enumerable.Range(1, objects).Select(rank => Math.Pow(rank, -skew))];
        double sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }

    /// <summary>The cache's clock is the network's.</summary>
    private sealed class NetworkClock(LabNetwork network) : ISystemClock
    {
        public DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch + network.Now;
    }
}
