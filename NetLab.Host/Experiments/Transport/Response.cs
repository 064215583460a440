using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>How large a window a given rate of loss leaves.</summary>
internal sealed class Response : Experiment
{
    // RFC 9438, 5.1, tables 1 and 2: the mean window in segments, by the loss rate; CUBIC with C = 0.4.
    private static readonly (int Every, double Reno, double CubicAt100Ms)[] Table = [(100, 12, 12), (1_000, 38, 38), (10_000, 120, 187), (100_000, 379, 1_054)];

    private const int HeavierAtFirst = 2;

    // From here on an epoch between losses is so long that a run begins where slow start leaves it: near the window expected.
    private const int Rare = 100_000;

    private static readonly Parameter<int> Rarest = Parameter.Count("rarest", "the rarest loss: one segment in so many", 100_000, 100, 100_000);

    public override string Name => "response";

    public override string Title => "Window over loss";

    public override double TypicalSeconds => 8;

    public override string Summary => "One segment in 100, 1,000, 10,000, 100,000 is lost, at regular distances; Reno and CUBIC, round trips of 10 and 100 ms.";

    public override string Question =>
        "A sender that adds a segment a round trip and halves at a loss: how large is its window on the mean when one segment in 100 is lost, in 100,000? Does the round trip matter, for Reno, for CUBIC?";

    public override IReadOnlyList<Parameter> Parameters => [Rarest];

    // Millions of segments, of which a second seed would change nothing but their numbers.
    public override int MaxRuns => 1;

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("CUBIC halves its window") { Options = o => o with { Without = o.Without | Ablations.CubicDecrease } },
        new("twice as many losses") { Link = d => d with { DropEvery = d.DropEvery / 2 } },
    ];

    public override void Run(Bench bench)
    {
        var measured = new List<(string Name, List<Point> Points)>();
        foreach ((CongestionAlgorithm algorithm, int roundTrip) in new[] { (CongestionAlgorithm.NewReno, 10), (CongestionAlgorithm.NewReno, 100), (CongestionAlgorithm.Cubic, 10), (CongestionAlgorithm.Cubic, 100) })
        {
            bool isReno = algorithm == CongestionAlgorithm.NewReno;
            string name = string.Create(CultureInfo.InvariantCulture, $"{(isReno ? "Reno" : "CUBIC")}, {roundTrip} ms");
            var points = new List<Point>();
            foreach ((int every, double reno, double cubic) in Table)
            {
                if (every > bench.Get(Rarest))
                {
                    continue;
                }

                double expected = isReno || roundTrip == 10 ? reno : cubic;
                double window = Try(bench, algorithm, roundTrip, every, expected);
                points.Add(new Point(1.0 / every, window));
                string law = string.Create(CultureInfo.InvariantCulture, $"{name}, 1 in {every}");
                bench.Law(law, window, expected, 0.1, "segments", isReno ? "√(1.5/p) (RFC 9438, 5.1; RFC 5681, 3.1)" : roundTrip == 10 ? "as Reno: RFC 9438, table 2, and 4.3" : "RFC 9438, table 1, C = 0.4");
            }

            measured.Add((name, points));
        }

        bench.Picture("response", "Mean window over the loss rate", () => new Chart("one loss every 1/p segments", new Axis("share of segments lost, p", "") { IsLogarithmic = true }, new Axis("mean window", "segments") { IsLogarithmic = true },
        [
            .. measured.Select(m => new LineLayer(m.Points) { Name = m.Name, HasMarks = true }),
            new LineLayer([.. Table.Where(t => t.Every <= bench.Get(Rarest)).Select(t => new Point(1.0 / t.Every, Math.Sqrt(1.5 * t.Every)))]) { Name = "√(1.5/p)", IsReference = true },
        ]));
    }

    private static double Try(Bench bench, CongestionAlgorithm algorithm, int roundTrip, int every, double expected)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        bool isSlow = algorithm == CongestionAlgorithm.Cubic && roundTrip == 100;
        bool isRare = every >= Rare;

        // A saw's mean beside its peak: from a half, from 0.7 in a straight line, from 0.7 along the cubic curve.
        double peak = expected / (algorithm == CongestionAlgorithm.NewReno ? 0.75 : isSlow ? 0.925 : 0.85);
        string losses = isRare
            ? string.Create(CultureInfo.InvariantCulture, $"up.every={every},up.drop=DATA#{(int)peak}")
            : string.Create(CultureInfo.InvariantCulture, $"up.every={every / HeavierAtFirst}");
        (LabLink up, LabLink down) = network.Connect(client, server, string.Create(CultureInfo.InvariantCulture, $"delay={roundTrip / 2.0}ms,{losses}"));
        (up.KeepsLog, down.KeepsLog) = (false, false);

        // Each segment is acknowledged, and no flow makes room for others, as in the formula; nothing else binds. The measure begins when the start is forgotten.
        var options = new ConnectionOptions
        {
            Congestion = algorithm,
            DelayedAcknowledgment = TimeSpan.Zero,
            ReceiveBufferSize = 64 << 20,
            SendBufferSize = 64 << 20,
            MaxSegmentSize = 1_012,
            Without = Ablations.HyStart | Ablations.FastConvergence,
        };
        LabFlow flow = network.Tcp(client, server, options, keepsLog: false);
        flow.SendForever();

        // As long as 12 losses take at the window expected, after those that are not counted: a saw is there soon, and a curve that is flat at
        // its peak comes nearer by very little each time. So that slow start's own peak is not where it begins, losses are heavier at first. Where they are
        // rarest, the first one ends slow start near the window expected, and four epochs are counted of what Reno does, eight of CUBIC.
        (int settling, int counted) = (isRare, isSlow) switch
        {
            (true, true) => (4, 8),
            (true, false) => (2, 4),
            (false, true) => (40, 12),
            _ => (8, 12),
        };
        double epoch = every / expected * roundTrip / 1_000;
        TimeSpan from = TimeSpan.FromSeconds(Math.Max(2, settling * epoch));
        TimeSpan to = from + TimeSpan.FromSeconds(Math.Max(4, counted * epoch));
        double sum = 0;
        int samples = 0;
        void Sample()
        {
            sum += flow.Client.Connection!.CongestionWindow / 1_000.0;
            samples++;
            network.In(TimeSpan.FromMilliseconds(10), Sample);
        }

        if (!isRare)
        {
            network.At(TimeSpan.FromSeconds(Math.Max(0.7, 3 * epoch)), () => up.Direction = up.Direction with { DropEvery = up.Direction.DropEvery * HeavierAtFirst });
        }

        network.At(from, Sample);
        network.RunUntil(to);
        return sum / samples;
    }

    public override string Explanation =>
        "Reno's window is a saw: from W/2 to W in W/2 round trips, in which 3W²/8 segments pass. One loss in so many gives a mean of √(1.5/p) segments, whatever the round trip; so with ten times the round trip comes a tenth of the rate. "
        + "CUBIC grows by the clock and not by round trips: at 100 ms and rare losses its window is several times Reno's, and at 10 ms it takes care to be no worse than Reno, and is no better. The table leaves out fast convergence (RFC 9438, 4.7), and so does this experiment; the curve being flat at its peak, it takes dozens of losses to come near the figure of the table, from either side.";

    public override IReadOnlyList<string> Sources => ["RFC 9438, 5.1 and 5.2", "RFC 5681, 3.1", "Mathis et al. 1997"];
}
