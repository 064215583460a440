using System.Buffers.Binary;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Host.Names;
using NetLab.Host.Plots;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;

namespace NetLab.Host.Experiments.BackEnd;

/// <summary>Names by UDP over a link that loses: time-out, retry, the answer that is too long, and the cache.</summary>
internal sealed class Resolver : Experiment
{
    private const int Tries = 4;
    private const int Lifetime = 10;
    private const int LongStrings = 12;
    private const string NoRetry = "the resolver asks once";
    private const string NoCache = "nothing is remembered";
    private const string NoLimit = "the server does not mind how long a datagram is";
    private const string NoStream = "a long answer stays cut";

    private static readonly string Zone = string.Join('\n',
    [
        "$ORIGIN lab.test.",
        $"$TTL {Lifetime}",
        "@ SOA ns admin 1 3600 600 86400 30",
        "@ NS ns",
        "ns A 192.0.2.53",
        "www A 192.0.2.80",
        $"long TXT {string.Join(' ', Enumerable.Repeat(new string('x', 200), LongStrings))}",
    ]);

    private static readonly Parameter<double> Loss = Parameter.Share("loss", "share of datagrams lost, each way", "10%", 0, 0.5);
    private static readonly Parameter<TimeSpan> Patience = Parameter.Duration("timeout", "until the resolver asks again", "1s", "100ms", "10s");
    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "20ms", "1ms", "1s");
    private static readonly Parameter<int> Questions = Parameter.Count("questions", "questions", 20_000, 1_000, 1_000_000);

    public override string Name => "dns";

    public override string Title => "Asking for names";

    public override double TypicalSeconds => 0.4;

    public override string Summary => "A stub resolver asks NetLab's own server of names, 40 ms away, over a link that loses 10 % each way, and asks again after a second, four times in all. Then an answer that is too long for UDP, and a cache.";

    public override string Question =>
        "A name takes 40 ms when nothing is lost. What is the mean when one datagram in ten is lost, each way? And how long does a name take whose answer does not fit?";

    public override IReadOnlyList<Parameter> Parameters => [Loss, Patience, Delay, Questions];

    public override IReadOnlyList<Mutation> Mutations => [new(NoRetry) { IsOwn = true }, new(NoCache) { IsOwn = true }, new(NoStream) { IsOwn = true }, new(NoLimit) { IsOwn = true }];

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

        (double took, DnsAnswer? datagram, DnsAnswer? stream) = Truncated(bench);
        bench.LawBetween("octets of a long answer by UDP", datagram?.Length ?? 0, DnsHeader.Length, Edns.MaxSize, "", "cut, with TC: no more than every path takes (RFC 6891, 6.2.5; RFC 9715)");
        bench.LawTrue("by UDP it is marked as cut", datagram?.Header.Has(DnsHeader.Truncated) == true, "TC (RFC 1035, 4.1.1; RFC 2181, 9)");
        bench.Law("strings of the long answer that come by TCP", stream?.Answers.Sum(a => a.Data.Count(c => c == '"') / 2) ?? 0, LongStrings, 0, "", "all: a stream is as long as it has to be (RFC 7766, 5)");
        bench.Law("time of a name whose answer is too long", took, 3 * roundTrip, 0.01, "ms", "one round trip by UDP (TC), one for TCP's handshake, one for the answer (RFC 7766, 5)");
        int asked = Cached(bench);

        // The answer comes a round trip after the question, and lives from then on: ten more questions fall into its lifetime.
        bench.Law("questions that leave, of 100 a second apart, TTL 10 s", asked, Math.Ceiling(100 / (1 + Math.Floor(Lifetime + (roundTrip / 1_000)))), 0, "", "hits cost nothing until the TTL ends (RFC 1035, 3.2.1)");
        bench.Picture("times", "How long names take", () => new Chart("share of names that took no longer", new Axis("time", "ms") { Min = 0 }, new Axis("share of names", "") { Min = 0, Max = 1 },
            [FlowCharts.Distribution("over the lossy link", [.. answered.Order().Where((_, i) => i % Math.Max(1, answered.Length / 1_000) == 0)])]));
    }

    public override string Explanation =>
        "UDP repairs nothing, so the resolver does it, with one time-out for everybody: a second, because it does not know the path. One lost datagram in five makes the mean six times longer, and all of it is waiting; nine of ten names are as quick as ever. A long answer comes cut, with TC set, and the question is asked again by TCP: three round trips. What has been answered is remembered for as long as its owner says.";

    public override IReadOnlyList<string> Sources => ["RFC 1035, 4.2.1 and 7", "RFC 7766, 5", "RFC 6891", "RFC 9715"];

    private static DnsQuestion QuestionOf(string name, string type) =>
        DomainName.TryParse(name, DomainName.Root, out DomainName asked, out _) ? new DnsQuestion(asked, RecordType.Parse(type)!.Value, DnsQuestion.Internet) : throw new ArgumentException(name, nameof(name));

    // The server: nlab's own, which answers what comes to a host.
    private static void Serve(VirtualHost host, bool minds = true)
    {
        var responder = new DnsResponder(ZoneFile.Read(Zone));
        byte[] answer = new byte[DnsResponder.MaxMessage];
        host.OnReceive = (question, asker, _) =>
        {
            int length = responder.Answer(question, answer, isStream: !minds);
            if (length > 0)
            {
                host.Send(answer.AsSpan(0, length), asker);
            }
        };
    }

    private static double[] Ask(Bench bench, int questions)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost stub, LabHost server) = (network.Host("stub"), network.Host("server"));
        network.Connect(stub, server, FormattableString.Invariant($"delay={bench.Get(Delay).TotalMilliseconds}ms,loss={bench.Get(Loss) * 100}%"));
        (VirtualHost asks, VirtualHost answers) = network.NewHosts(stub, server, "dns");
        Serve(answers);
        foreach (LabLink link in network.Links)
        {
            link.KeepsLog = false;
        }

        double[] times = [.. Enumerable.Repeat(double.NaN, questions)];
        var since = new TimeSpan[questions];
        int over = 0;

        // A question is known by its 16 bits; another one has them when this one has long been given up.
        int[] byId = new int[ushort.MaxValue + 1];
        asks.OnReceive = (bytes, _, _) =>
        {
            if (DnsAnswer.Read(bytes) is { Answers.Count: 1 } answer && double.IsNaN(times[byId[answer.Header.Id]]))
            {
                int index = byId[answer.Header.Id];
                times[index] = (network.Now - since[index]).TotalMilliseconds;
                over++;
            }
        };

        DnsQuestion www = QuestionOf("www.lab.test", "A");
        void Try(int index, byte[] message, int left)
        {
            if (!double.IsNaN(times[index]))
            {
                return;
            }

            if (left == 0)
            {
                times[index] = double.PositiveInfinity;
                over++;
                return;
            }

            asks.Send(message, answers.Address);
            network.In(bench.Get(Patience), () => Try(index, message, left - 1));
        }

        for (int i = 0; i < questions; i++)
        {
            int index = i;
            network.At(TimeSpan.FromMilliseconds(i), () =>
            {
                since[index] = network.Now;
                byId[(ushort)index] = index;
                Try(index, QuestionWriter.Write(www, (ushort)index, Edns.MaxSize, isRecursive: false), bench.IsBroken(NoRetry) ? 1 : Tries);
            });
        }

        network.RunUntil(() => over == questions, TimeSpan.FromDays(1));
        return times;
    }

    // By UDP with TC, and then by TCP, where a message goes behind its length (RFC 1035, 4.2.2).
    private static (double Milliseconds, DnsAnswer? Datagram, DnsAnswer? Stream) Truncated(Bench bench)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost stub, LabHost server) = (network.Host("stub"), network.Host("server"));
        network.Connect(stub, server, FormattableString.Invariant($"delay={bench.Get(Delay).TotalMilliseconds}ms"));
        (VirtualHost asks, VirtualHost answers) = network.NewHosts(stub, server, "dns");
        Serve(answers, minds: !bench.IsBroken(NoLimit));
        byte[] message = QuestionWriter.Write(QuestionOf("long.lab.test", "TXT"), 1, Edns.MaxSize, isRecursive: false);
        LabFlow? flow = null;
        DnsAnswer? datagram = null;
        asks.OnReceive = (bytes, _, _) =>
        {
            datagram = DnsAnswer.Read(bytes);
            if (datagram?.Header.Has(DnsHeader.Truncated) != true || bench.IsBroken(NoStream))
            {
                return;
            }

            flow = network.Tcp(stub, server);
            flow.Client.KeepsReceived = true;
            flow.OnAccepted = accepted => accepted.KeepsReceived = true;
            flow.Client.Write(Framed(message));
        };
        asks.Send(message, answers.Address);
        bool isAnswered = false;
        DnsAnswer? stream = null;
        network.RunUntil(
            () =>
            {
                if (!isAnswered && flow?.Server is { } there && Message(there) is { } question)
                {
                    byte[] answer = new byte[DnsResponder.MaxMessage];
                    int length = new DnsResponder(ZoneFile.Read(Zone)).Answer(question, answer, isStream: true);
                    isAnswered = true;
                    there.Write(Framed(answer.AsSpan(0, length)));
                }

                stream = flow is not null && Message(flow.Client) is { } whole ? DnsAnswer.Read(whole) : null;
                return stream is not null || (datagram is not null && flow is null);
            },
            TimeSpan.FromMinutes(1));
        return (network.Now.TotalMilliseconds, datagram, stream);
    }

    private static byte[] Framed(ReadOnlySpan<byte> message)
    {
        byte[] framed = [0, 0, .. message];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        return framed;
    }

    // The first message of a stream; null as long as it is not whole.
    private static byte[]? Message(SimulatedStream stream) =>
        stream.Received.Count > 2 && stream.Received.Count >= 2 + ((stream.Received[0] << 8) | stream.Received[1]) ? [.. stream.Received.Skip(2)] : null;

    // The same question each second, of a resolver that remembers the answer for as long as it says.
    private static int Cached(Bench bench)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost stub, LabHost server) = (network.Host("stub"), network.Host("server"));
        network.Connect(stub, server, FormattableString.Invariant($"delay={bench.Get(Delay).TotalMilliseconds}ms"));
        (VirtualHost asks, VirtualHost answers) = network.NewHosts(stub, server, "dns");
        Serve(answers);
        const int All = 100;
        DnsQuestion www = QuestionOf("www.lab.test", "A");
        TimeSpan until = TimeSpan.MinValue;
        int asked = 0;
        asks.OnReceive = (bytes, _, _) =>
        {
            if (DnsAnswer.Read(bytes) is { Answers: [var record] } && !bench.IsBroken(NoCache))
            {
                until = network.Now + TimeSpan.FromSeconds(record.Ttl);
            }
        };
        for (int i = 0; i < All; i++)
        {
            network.At(TimeSpan.FromSeconds(i), () =>
            {
                if (network.Now >= until)
                {
                    asked++;
                    asks.Send(QuestionWriter.Write(www, (ushort)asked, Edns.MaxSize, isRecursive: false), answers.Address);
                }
            });
        }

        network.RunUntil(TimeSpan.FromSeconds(All));
        return asked;
    }
}
