using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Host.Plots;

namespace NetLab.Host.Experiments.BackEnd;

/// <summary>Four ways to choose a server for a request, with random work and one server that is slow.</summary>
internal sealed class Balancing : Experiment
{
    private const double Load = 0.7;
    private const double Service = 0.010;
    private const double Slowness = 3;
    private const string OneChoice = "two choices look at one server";
    private const string InTurns = "random goes in turns";
    private const string Blind = "least loaded does not look";

    private static readonly Parameter<int> Servers = Parameter.Count("servers", "servers", 20, 2, 200);
    private static readonly Parameter<int> Requests = Parameter.Count("requests", "requests a policy", 200_000, 10_000, 5_000_000);

    public override string Name => "balancing";

    public override string Title => "Balancing load";

    public override double TypicalSeconds => 1;

    public override string Summary => "Requests of random work (10 ms on the mean) come at random to twenty servers at 70 % load, by round robin, at random, to the better of two, to the least loaded; then one of the servers is three times slower.";

    public override string Question =>
        "Which of the four has the shortest tail (p99)? What does the slow server do to round robin? And of 100,000 balls thrown into as many bins: how many lie in the fullest, at random, and if each ball looks at two bins?";

    public override IReadOnlyList<Parameter> Parameters => [Servers, Requests];

    public override IReadOnlyList<Mutation> Mutations => [new(OneChoice) { IsOwn = true }, new(Blind) { IsOwn = true }, new(InTurns) { IsOwn = true }];

    public override bool HasChance => true;

    public override void Run(Bench bench)
    {
        Random random = bench.NewRandom();
        int servers = bench.Get(Servers);
        int requests = bench.PerRun(bench.Get(Requests));
        (string Name, Func<int[], int, int> Choose)[] policies =
        [
            ("round robin", (_, i) => i % servers),
            ("random", (_, i) => bench.IsBroken(InTurns) ? i % servers : random.Next(servers)),
            ("two choices", (waiting, _) => Better(waiting, random.Next(servers), bench.IsBroken(OneChoice) ? -1 : random.Next(servers))),
            ("least loaded", (waiting, i) => bench.IsBroken(Blind) ? i % servers : Array.IndexOf(waiting, waiting.Min())),
        ];
        Outcome[] even = [.. policies.Select(p => Try(random, servers, requests, 1, p.Choose))];
        Outcome[] slow = [.. policies.Select(p => Try(random, servers, requests, Slowness, p.Choose))];
        for (int i = 0; i < policies.Length; i++)
        {
            bench.Measure($"p99, {policies[i].Name}", even[i].Percentile(0.99), "ms");
            bench.Measure($"p99 with one slow server, {policies[i].Name}", slow[i].Percentile(0.99), "ms");
            bench.Measure($"share of the slow server, {policies[i].Name}", slow[i].ShareOfFirst, "");
        }

        bench.Law("mean time at random", even[1].Times.Average(), 1_000 * Service / (1 - Load), 0.05, "ms", "1 ÷ (μ − λ): each server is an M/M/1 queue (Kleinrock 1975)", isRandom: true);
        bench.LawBetween("p99 at random ÷ p99 of two choices", even[1].Percentile(0.99) / even[2].Percentile(0.99), 1.7, 4, "times", "the queue's tail falls doubly exponentially with two choices (Mitzenmacher 2001)", isRandom: true);
        bench.LawBetween("p99 of two choices ÷ p99 of least loaded", even[2].Percentile(0.99) / even[3].Percentile(0.99), 1, 2, "times", "who knows all is better, but not by much (Mitzenmacher 2001)", isRandom: true);
        bench.LawBetween("share of the slow server, least loaded, of an even share", slow[3].ShareOfFirst * servers, 0.2, 0.65, "", "what waits there keeps others away", isRandom: true);
        bench.LawBetween("p99 with a slow server, round robin ÷ least loaded", slow[0].Percentile(0.99) / slow[3].Percentile(0.99), 4, double.PositiveInfinity, "times", "the slow one gets 3 · 70 % of what it can do: its queue has no end", isRandom: true);

        const int Balls = 100_000;
        bench.LawBetween("fullest bin at random", Fullest(random, Balls, twoChoices: false, inTurns: bench.IsBroken(InTurns)), 7, 11, "balls", "ln n ÷ ln ln n, and a little: 4.7 · (1 + o(1)) (Raab and Steger 1998)", isRandom: true);
        bench.LawBetween("fullest bin of two choices", Fullest(random, Balls, twoChoices: !bench.IsBroken(OneChoice)), 3, 5, "balls", "ln ln n ÷ ln 2 + O(1): 3.5 (Azar et al. 1999)", isRandom: true);
        bench.Picture("tails", "Time from arrival to answer", () => new Chart($"{servers} servers at 70 %", new Axis("time", "ms") { Min = 0, Max = 200 }, new Axis("share of requests that took no longer", "") { Min = 0.5, Max = 1 },
            [.. policies.Select((p, i) => FlowCharts.Distribution(p.Name, even[i].Sample))]));
        bench.Picture("slow", "The same with one server three times slower", () => new Chart($"{servers} servers, one slow", new Axis("time", "ms") { Min = 0, Max = 500 }, new Axis("share of requests that took no longer", "") { Min = 0.5, Max = 1 },
            [.. policies.Select((p, i) => FlowCharts.Distribution(p.Name, slow[i].Sample))]));
    }

    public override string Explanation =>
        "Chance alone fills some queues while others are empty; to look at two queues before choosing removes nearly all of that, and costs two questions instead of twenty. Round robin gives each the same number of requests, which is right only where all are the same: a slow server gets twice what it can do, and every twentieth request waits in a queue without end. "
        + "Whoever looks at what waits needs no list of who is slow.";

    public override IReadOnlyList<string> Sources => ["Mitzenmacher 2001", "Azar et al. 1999", "Raab and Steger 1998", "Kleinrock 1975, 3.2"];

    private static int Better(int[] waiting, int one, int other) => other >= 0 && waiting[other] < waiting[one] ? other : one;

    // Server 0 is the slow one. Events in order of time: the next arrival, or the earliest end of service.
    private static Outcome Try(Random random, int servers, int requests, double slowness, Func<int[], int, int> choose)
    {
        int[] waiting = new int[servers];
        var queues = Enumerable.Range(0, servers).Select(_ => new Queue<double>()).ToArray();
        var ends = new PriorityQueue<int, double>();
        var times = new List<double>(requests);
        double at = 0;
        int first = 0;
        double between = Service / (servers * Load);
        for (int i = 0; i < requests; i++)
        {
            at += random.NextExponential(between);
            while (ends.TryPeek(out int ready, out double end) && end <= at)
            {
                ends.Dequeue();
                times.Add(1_000 * (end - queues[ready].Dequeue()));
                if (--waiting[ready] > 0)
                {
                    ends.Enqueue(ready, end + Work(ready));
                }
            }

            int chosen = choose(waiting, i);
            first += chosen == 0 ? 1 : 0;
            queues[chosen].Enqueue(at);
            if (++waiting[chosen] == 1)
            {
                ends.Enqueue(chosen, at + Work(chosen));
            }
        }

        return new Outcome([.. times], first / (double)requests);

        double Work(int server) => random.NextExponential(Service * (server == 0 ? slowness : 1));
    }

    private static int Fullest(Random random, int balls, bool twoChoices, bool inTurns = false)
    {
        int[] bins = new int[balls];
        for (int i = 0; i < balls; i++)
        {
            bins[Better(bins, inTurns ? i : random.Next(balls), twoChoices ? random.Next(balls) : -1)]++;
        }

        return bins.Max();
    }

    private sealed record Outcome(double[] Times, double ShareOfFirst)
    {
        private readonly double[] _sorted = [.. Times.Order()];

        public double[] Sample => [.. _sorted.Where((_, i) => i % Math.Max(1, _sorted.Length / 1_000) == 0)];

        public double Percentile(double share) => _sorted[(int)(share * (_sorted.Length - 1))];
    }
}
