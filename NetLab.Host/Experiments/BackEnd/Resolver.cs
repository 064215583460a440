using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Host.Plots;
using NetLab.Udp.Links;

namespace NetLab.Host.Experiments.BackEnd;

/// <summary>Names by UDP over a link that loses: time-out, retry, the answer that is too long, and the cache.</summary>
internal sealed class Resolver : Experiment
{
    private const int Tries = 4;
    private const string NoRetry = "the resolver asks once";
    private const string NoCache = "nothing is remembered";
    private const string NoStream = "a long answer stays cut";

    private static readonly Parameter<double> Loss = Parameter.Share("loss", "share of datagrams lost, each way", "10%", 0, 0.5);
    private static readonly Parameter<TimeSpan> Patience = Parameter.Duration("timeout", "until the resolver asks again", "1s", "100ms", "10s");
    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "20ms", "1ms", "1s");
    private static readonly Parameter<int> Questions = Parameter.Count("questions", "questions", 20_000, 1_000, 1_000_000);

    public override string Name => "dns";

    public override string Title => "Asking for names";

    public override string Summary => "A stub resolver asks a server 40 ms away over a link that loses 10 % each way, and asks again after a second, four times in all. Then an answer that is too long for UDP, and a cache.";

    public override string Question =>
        "A name takes 40 ms when nothing is lost. What is the mean when one datagram in ten is lost, each way? And how long does a name take whose answer does not fit?";

    public override IReadOnlyList<Parameter> Parameters => [Loss, Patience, Delay, Questions];

    public override IReadOnlyList<Mutation> Mutations => [new(NoRetry) { IsOwn = true }, new(NoCache) { IsOwn = true }, new(NoStream) { IsOwn = true }];

    public override bool HasChance => true;

    public override void Run(Bench bench)
    {
        double loss = bench.Get(Loss);
        double roundTrip = 2 * bench.Get(Delay).TotalMilliseconds;
        double patience = bench.Get(Patience).TotalMilliseconds;
        double[] times = Ask(bench, bench.PerRun(bench.Get(Questions)));
        double[] answered = [.. times.Where(double.IsFinite)];
        double fails = 1 - ((1 - loss) * (1 - loss));

        // The number of tries before the one that succeeds, given that one of the four does.
        double all = 1 - Math.Pow(fails, Tries);
        double tries = Enumerable.Range(0, Tries).Sum(k => k * Math.Pow(fails, k) * (1 - fails)) / all;
        bench.Law("mean time of a name", answered.DefaultIfEmpty(double.NaN).Average(), roundTrip + (patience * tries), 0.1, "ms", "RTT + T · Σ k qᵏ(1 − q) ÷ (1 − q⁴), q = 1 − (1 − p)²", isRandom: true);
        bench.LawBetween("names without an answer", (times.Length - answered.Length) / (double)times.Length, 0.5 * Math.Pow(fails, Tries), 1.6 * Math.Pow(fails, Tries), "", "q⁴: four tries, each lost one way or the other", isRandom: true);

        bench.Law("time of a name whose answer is too long", Truncated(bench), 3 * roundTrip, 0.01, "ms", "one round trip by UDP (TC), one for TCP's handshake, one for the answer (RFC 7766, 5)");
        (int asked, int all100) = Cached(bench);
        bench.Law("questions that leave, of 100 a second apart, TTL 10 s", asked, all100 / 10.0, 0, "", "hits cost nothing until the TTL ends (RFC 1035, 3.2.1)");
        bench.Picture("times", "How long names take", () => new Chart("share of names that took no longer", new Axis("time", "ms") { Min = 0 }, new Axis("share", "") { Min = 0, Max = 1 },
            [FlowCharts.Distribution("over the lossy link", [.. answered.Order().Where((_, i) => i % Math.Max(1, answered.Length / 1_000) == 0)])]));
    }

    public override string Explanation =>
        "UDP repairs nothing, so the resolver does it, with one time-out for everybody: a second, because it does not know the path. One lost datagram in five makes the mean six times longer, and all of it is waiting; nine of ten names are as quick as ever. A long answer comes cut, with TC set, and the question is asked again by TCP: three round trips. What has been answered is remembered for as long as its owner says.";

    public override IReadOnlyList<string> Sources => ["RFC 1035, 4.2.1 and 7", "RFC 7766, 5", "RFC 6891"];

    private static double[] Ask(Bench bench, int questions)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost stub, LabHost server) = (network.Host("stub"), network.Host("server"));
        network.Connect(stub, server, FormattableString.Invariant($"delay={bench.Get(Delay).TotalMilliseconds}ms,loss={bench.Get(Loss) * 100}%"));
        (VirtualHost asks, VirtualHost answers) = network.NewHosts(stub, server, "dns");
        foreach (LabLink link in network.Links)
        {
            link.KeepsLog = false;
        }

        double[] times = [.. Enumerable.Repeat(double.NaN, questions)];
        var since = new TimeSpan[questions];
        int over = 0;
        answers.OnReceive = (question, _, _) => answers.Send(question, asks.Address);
        asks.OnReceive = (answer, _, _) =>
        {
            int id = BitConverter.ToInt32(answer);
            if (double.IsNaN(times[id]))
            {
                times[id] = (network.Now - since[id]).TotalMilliseconds;
                over++;
            }
        };

        void Try(int id, int left)
        {
            if (!double.IsNaN(times[id]))
            {
                return;
            }

            if (left == 0)
            {
                times[id] = double.PositiveInfinity;
                over++;
                return;
            }

            asks.Send(BitConverter.GetBytes(id), answers.Address);
            network.In(bench.Get(Patience), () => Try(id, left - 1));
        }

        for (int i = 0; i < questions; i++)
        {
            int id = i;
            network.At(TimeSpan.FromMilliseconds(i), () =>
            {
                since[id] = network.Now;
                Try(id, bench.IsBroken(NoRetry) ? 1 : Tries);
            });
        }

        network.RunUntil(() => over == questions, TimeSpan.FromDays(1));
        return times;
    }

    // By UDP with TC, and then by TCP; two flows of one network.
    private static double Truncated(Bench bench)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost stub, LabHost server) = (network.Host("stub"), network.Host("server"));
        network.Connect(stub, server, FormattableString.Invariant($"delay={bench.Get(Delay).TotalMilliseconds}ms"));
        (VirtualHost asks, VirtualHost answers) = network.NewHosts(stub, server, "dns");
        answers.OnReceive = (_, _, _) => answers.Send([1], asks.Address);
        LabFlow? stream = null;
        bool isCut = false;
        asks.OnReceive = (_, _, _) =>
        {
            isCut = true;
            if (bench.IsBroken(NoStream))
            {
                return;
            }

            stream = network.Tcp(stub, server);
            stream.Send(40);
            stream.OnAccepted = accepted => accepted.Write(new byte[1_400]);
        };
        asks.Send([0], answers.Address);
        network.RunUntil(() => bench.IsBroken(NoStream) ? isCut : stream?.Client.ReceivedBytes >= 1_400, TimeSpan.FromMinutes(1));
        return network.Now.TotalMilliseconds;
    }

    private static (int Asked, int All) Cached(Bench bench)
    {
        LabNetwork network = bench.NewNetwork();
        var lifetime = TimeSpan.FromSeconds(10);
        TimeSpan until = TimeSpan.MinValue;
        int asked = 0;
        const int All = 100;
        for (int i = 0; i < All; i++)
        {
            network.At(TimeSpan.FromSeconds(i), () =>
            {
                if (network.Now >= until || bench.IsBroken(NoCache))
                {
                    asked++;
                    until = network.Now + lifetime;
                }
            });
        }

        network.RunUntil(TimeSpan.FromSeconds(All));
        return (asked, All);
    }
}
