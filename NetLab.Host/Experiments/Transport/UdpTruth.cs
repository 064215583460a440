using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Transport;

/// <summary>What a receiver of datagrams counts is what the link did to them, one by one.</summary>
internal sealed class UdpTruth : Experiment
{
    private const int Drawn = 400;
    private const string FewNumbers = "numbers begin again after 256";

    private static readonly Parameter<double> Loss = Parameter.Share("loss", "share lost", "2%", 0, 0.5);
    private static readonly Parameter<double> Duplicate = Parameter.Share("duplicate", "share delivered twice", "1%", 0, 0.5);
    private static readonly Parameter<double> Reorder = Parameter.Share("reorder", "share held back", "3%", 0, 0.5);

    public override string Name => "udp-truth";

    public override string Title => "What UDP does not hide";

    public override double TypicalSeconds => 0.2;

    public override string Summary => "20,000 numbered datagrams cross a link that loses, doubles, reorders and delays at random.";

    public override string Question =>
        "2 % are lost, 1 % doubled, 3 % held back, and each is delayed at random. How many arrive, and can the receiver tell exactly what happened, from the numbers alone?";

    public override IReadOnlyList<Parameter> Parameters => [Loss, Duplicate, Reorder];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("the link loses twice as much as it says") { Link = d => d with { Loss = Math.Min(1, d.Loss * 2) } },
        new(FewNumbers) { IsOwn = true },
        new("the sender numbers nothing twice, the link doubles nothing") { Link = d => d with { Duplicate = 0 } },
    ];

    public override void Run(Bench bench)
    {
        (double loss, double duplicate, double reorder) = (bench.Get(Loss), bench.Get(Duplicate), bench.Get(Reorder));
        LabNetwork network = bench.NewNetwork();
        (LabHost sender, LabHost receiver) = (network.Host("sender"), network.Host("receiver"));
        (LabLink up, _) = network.Connect(sender, receiver, FormattableString.Invariant($"delay=20ms,jitter=2ms,loss={loss},duplicate={duplicate},reorder={reorder}"));
        LabDatagrams datagrams = network.Datagrams(sender, receiver, TimeSpan.FromMilliseconds(1), 200, TimeSpan.FromSeconds(20), bench.IsBroken(FewNumbers) ? 256 : long.MaxValue);
        network.RunUntil(TimeSpan.FromSeconds(25));

        LinkStatistics did = up.Statistics;
        bench.Law("missing at the receiver", datagrams.Missing, did.Lost, 0, "", "the link's log: lost");
        bench.Law("seen twice by the receiver", datagrams.Duplicates, did.Duplicated, 0, "", "the link's log: doubled");
        bench.Law("out of order at the receiver", datagrams.Reordered, did.Reordered, 0, "", "the link's log: overtaken (RFC 4737, 3)");
        bench.LawTrue("each datagram's fate is the link's", Fates(datagrams, up), "the log, number by number");
        bench.Law("share missing", (double)datagrams.Missing / datagrams.Sent, loss, 0.15, "", "the link's description", isRandom: true);
        bench.Law("share doubled", (double)datagrams.Duplicates / datagrams.Sent, duplicate * (1 - loss), 0.2, "", "the link's description, of what is not lost", isRandom: true);
        bench.Measure("received", datagrams.Received, "datagrams");
        bench.Picture("fates", "Each datagram's fate, the first 400", () => new Chart("as the receiver's numbers tell it", new Axis("number of the datagram", ""), new Axis("delay", "ms") { Min = 0 },
        [
            new MarkLayer(MarkShape.Dot, [.. Shown(datagrams).Select(a => new Point(a.Number, (a.At - a.SentAt).TotalMilliseconds))]) { Name = "arrived", Style = 0 },
            new MarkLayer(MarkShape.Ring, [.. Shown(datagrams).GroupBy(a => a.Number).SelectMany(a => a.Skip(1)).Select(a => new Point(a.Number, (a.At - a.SentAt).TotalMilliseconds))]) { Name = "came a second time", Style = 2 },
            new MarkLayer(MarkShape.Cross, [.. Enumerable.Range(0, Drawn).Except(Shown(datagrams).Select(a => (int)a.Number)).Select(n => new Point(n, 1))]) { Name = "never came", Style = 1 },
        ]));
    }

    private static IEnumerable<(Instant SentAt, Instant At, long Number)> Shown(LabDatagrams datagrams) => datagrams.Arrivals.Where(a => a.Number < Drawn);

    // The link counts in the order in which they came, which is the order of the numbers.
    private static bool Fates(LabDatagrams datagrams, LabLink link)
    {
        ILookup<long, long> arrivals = datagrams.Arrivals.ToLookup(a => a.Number, a => a.At.Ticks);
        return link.Events.Count == datagrams.Sent && link.Events.Select(e => arrivals[e.Outcome.Ordinal - 1].Count() == (e.IsDropped ? 0 : e.Outcome.IsDuplicated ? 2 : 1)).All(same => same);
    }

    public override bool HasChance => true;

    public override string Explanation =>
        "UDP hands over what comes, when it comes: a gap in the numbers is a loss, a number seen twice a copy, a smaller number after a larger one a datagram that was overtaken. With numbers in the payload the receiver knows the link's log exactly; "
        + "without them it knows nothing.";

    public override IReadOnlyList<string> Sources => ["RFC 768", "RFC 4737, 3"];
}
