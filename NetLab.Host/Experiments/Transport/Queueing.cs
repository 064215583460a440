using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Udp.Links;

namespace NetLab.Host.Experiments.Transport;

/// <summary>Why a line at 95 % is slow: the queue of random arrivals.</summary>
internal sealed class Queueing : Experiment
{
    // Exponential sizes need room below, for headers, and above: 28 bytes of 1,000 on the mean, by which one in 36 is a little longer than drawn, 0.04 % of all.
    private const double MeanBytes = 1_000;
    private const int Header = 28;
    private const double RateBits = 100e6;

    private static readonly double[] Loads = [0.5, 0.8, 0.9, 0.95];
    private static readonly Parameter<int> Arrivals = Parameter.Count("arrivals", "datagrams of the longest run", 3_000_000, 50_000, 20_000_000);

    public override string Name => "queueing";

    public override string Title => "Waiting at a line";

    public override double TypicalSeconds => 2;

    public override string Summary => "Datagrams of random size arrive at random; the line is busy for 50, 80, 90 and 95 % of the time.";

    public override string Question =>
        "Arrivals are random (Poisson) and so are sizes (exponential). How many datagrams wait on the mean when the line is busy half of the time, 80, 90, 95 %? And is one fast line better than four of a quarter of its speed?";

    public override IReadOnlyList<Parameter> Parameters => [Arrivals];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("arrivals at a regular beat") { IsOwn = true },
        new("the line is 10 % faster") { Link = d => d with { Rate = d.Rate * 11 / 10 } },
    ];

    public override void Run(Bench bench)
    {
        var got = new List<Point>();

        // Of many runs, each may be short: their mean is what is judged. Far from a full line, short runs tell as much.
        int share = bench.Runs < 10 ? 1 : bench.Runs / 2;
        foreach (double load in Loads)
        {
            (double waiting, _) = Try(bench, load, 1, (int)(bench.Get(Arrivals) * 0.0025 / ((1 - load) * (1 - load)) / share));
            got.Add(new Point(load, waiting));

            // The spread of a mean grows as 1/(1 − ρ)²: near 1, a run of millions still has some per cent.
            bench.Law(string.Create(CultureInfo.InvariantCulture, $"mean number waiting, ρ = {load}"), waiting, load * load / (1 - load), 0.05, "", "ρ² ÷ (1 − ρ): M/M/1 (Kleinrock 1975)", isRandom: true);
        }

        (_, double fast) = Try(bench, 0.8, 1, bench.Get(Arrivals) / 5 / share);
        (_, double slow) = Try(bench, 0.8, 4, bench.Get(Arrivals) / 5 / share);
        bench.Law("four slow lines, each with a queue, against one fast", slow / fast, 4, 0.1, "times", "time in the system 1 ÷ (μ − λ), both divided by 4 (Kleinrock 1975)", isRandom: true);
        bench.Picture("waiting", "Mean number waiting over load", () => new Chart("M/M/1", new Axis("load ρ", "") { Min = 0, Max = 1 }, new Axis("waiting", "datagrams") { Min = 0 },
        [
            new MarkLayer(MarkShape.Dot, got) { Name = "measured" },
            new LineLayer([.. Enumerable.Range(0, 97).Select(i => new Point(i / 100.0, i / 100.0 * (i / 100.0) / (1 - (i / 100.0))))]) { Name = "ρ² ÷ (1 − ρ)", IsReference = true },
        ]));
    }

    // The mean number waiting, and the mean time from arrival to the end of transmission in seconds.
    private static (double Waiting, double Time) Try(Bench bench, double load, int lines, int arrivals)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost sender, LabHost receiver) = (network.Host("sender"), network.Host("receiver"));
        Random random = bench.NewRandom();
        var links = new List<(VirtualHost From, VirtualHost To)>();
        double waited = 0;
        double inSystem = 0;
        long left = 0;
        for (int i = 0; i < lines; i++)
        {
            LabLink link = network.AddLink(FormattableString.Invariant($"rate={(long)(RateBits / lines)},queue=1G"), "line");
            LabLink back = network.AddLink("", "back");
            (link.KeepsLog, back.KeepsLog) = (false, false);
            network.Route(sender, receiver, link, back);
            links.Add(network.NewHosts(sender, receiver, "arrivals"));
            link.OnPassed = outcome =>
            {
                waited += outcome.Waited.TotalSeconds;
                inSystem += outcome.Waited.TotalSeconds + ((outcome.Length + Header) * 8 / (RateBits / lines));
                left++;
            };
        }

        // The rate at which they come, so that the line is busy for this share: λ · mean size = ρ · rate.
        double perSecond = load * RateBits / (MeanBytes * 8);
        bool regular = bench.IsBroken("arrivals at a regular beat");
        byte[] buffer = new byte[32_000];
        double at = 0;
        int sent = 0;
        VirtualHost first = links[0].From;
        first.OnTimer = () =>
        {
            double size = random.NextExponential(MeanBytes);
            (VirtualHost from, VirtualHost to) = links[lines == 1 ? 0 : random.Next(lines)];
            from.Send(buffer.AsSpan(0, (int)Math.Clamp(Math.Round(size) - Header, 0, buffer.Length)), to.Address);
            sent++;
            at += regular ? 1 / perSecond : random.NextExponential(1 / perSecond);
            first.Timer = sent < arrivals ? Udp.Time.Instant.FromOrigin(TimeSpan.FromSeconds(at)) : Udp.Time.Instant.Never;
        };
        first.Timer = network.Virtual.Now;
        network.RunUntil(TimeSpan.FromSeconds((arrivals / perSecond) + 5));

        // Little: mean number = rate · mean time.
        return (perSecond * waited / Math.Max(1, left), inSystem / Math.Max(1, left));
    }

    public override bool HasChance => true;

    public override string Explanation =>
        "The line is never asked for more than it can do, and yet there is a queue, because arrivals and sizes are random: ρ²/(1−ρ) wait on the mean, half a datagram at 50 %, eight at 90 %, eighteen at 95 %. The last per cents of use are paid in time. Four slow lines with a queue each serve as much in sum, and everything takes four times as long: "
        + "a datagram may wait at one while another stands idle, and its own transmission is slower.";

    public override IReadOnlyList<string> Sources => ["Kleinrock 1975, 3.2", "Little 1961"];
}
