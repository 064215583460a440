using System.Buffers.Binary;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Udp.Links;

namespace NetLab.Host.Experiments.BackEnd;

/// <summary>Messages by key over a link that loses: at most once, at least once, effectively once.</summary>
internal sealed class Messaging : Experiment
{
    private const int Queues = 100;
    private const int MessageBytes = 100;
    private const string Forgetful = "the receiver remembers nothing";
    private const string LateCopies = "the receiver remembers nothing, and some datagrams come late";
    private const string NoPatience = "nothing is sent again";

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(25);

    private static readonly Parameter<double> Loss = Parameter.Share("loss", "share of datagrams lost, each way", "2%", 0, 0.5);
    private static readonly Parameter<int> Messages = Parameter.Count("messages", "messages", 50_000, 1_000, 1_000_000);

    public override string Name => "messaging";

    public override string Title => "At most, at least, effectively once";

    public override double TypicalSeconds => 0.4;

    public override string Summary => "Messages of 100 users (a queue each, by user mod 100) cross a link that loses 2 % each way: sent once; sent until acknowledged; the same with a receiver that knows what it has had.";

    public override string Question =>
        "How many messages are lost, come twice, come out of order within their user's: when each is sent once, when it is sent until it is acknowledged, and when the receiver remembers? What does each cost?";

    public override IReadOnlyList<Parameter> Parameters => [Loss, Messages];

    public override IReadOnlyList<Mutation> Mutations => [new(Forgetful) { IsOwn = true }, new("the link doubles some") { Link = d => d with { Duplicate = 0.01 } }, new(LateCopies) { Link = d => d with { Jitter = TimeSpan.FromMilliseconds(100), JitterReorders = true } }, new(NoPatience) { IsOwn = true }, new("the link loses nothing") { Link = d => d with { Loss = 0 } }];

    public override bool HasChance => true;

    public override void Run(Bench bench)
    {
        double loss = bench.Get(Loss);
        int messages = bench.PerRun(bench.Get(Messages));
        Outcome once = Try(bench, messages, repeats: false, remembers: false);
        Outcome repeated = Try(bench, messages, repeats: !bench.IsBroken(NoPatience), remembers: false);
        Outcome effectively = Try(bench, messages, repeats: !bench.IsBroken(NoPatience), remembers: !bench.IsBroken(Forgetful) && !bench.IsBroken(LateCopies));

        bench.Law("lost, at most once", once.Lost / (double)messages, loss, 0.1, "", "p: nothing is sent again", isRandom: true);
        bench.Law("repeated, at most once", once.Repeated, 0, 0, "", "nothing is sent again");
        bench.Law("lost, at least once", repeated.Lost, 0, 0, "", "sent until acknowledged");
        bench.Law("repeated, at least once", repeated.Repeated / (double)messages, loss / (1 - loss), 0.15, "", "p ÷ (1 − p): as often as an acknowledgment is lost", isRandom: true);
        bench.Law("lost, effectively once", effectively.Lost, 0, 0, "", "sent until acknowledged");
        bench.Law("repeated, effectively once", effectively.Repeated, 0, 0, "", "the receiver knows the last number of each user");
        bench.Law("out of order by user, effectively once", effectively.Disordered, 0, 0, "", "one message of a user is under way at a time");
        bench.Law("datagrams a message, at least once", repeated.Sent / (double)messages, 1 / ((1 - loss) * (1 - loss)), 0.02, "", "1 ÷ (1 − p)²: message and acknowledgment both have to come", isRandom: true);
        bench.Measure("messages a second, at most once", once.PerSecond);
        bench.Measure("messages a second, at least once", repeated.PerSecond);
        bench.Measure("numbers remembered, effectively once", Queues);
        bench.Picture("price", "What became of the messages", () => new Chart("lost and repeated", new Axis("promise", "") { Categories = ["at most once", "at least once", "effectively once"] }, new Axis("share of messages", "") { Min = 0 },
        [
            new MarkLayer(MarkShape.Dot, [.. new[] { once, repeated, effectively }.Select((o, i) => new Point(i, o.Lost / (double)messages))]) { Name = "lost" },
            new MarkLayer(MarkShape.Cross, [.. new[] { once, repeated, effectively }.Select((o, i) => new Point(i, o.Repeated / (double)messages))]) { Name = "repeated" },
        ]));
    }

    public override string Explanation =>
        "Who sends once loses what the link loses. Who sends until there is an acknowledgment loses nothing, and delivers again whatever was acknowledged in vain: a sender cannot tell a lost message from a lost acknowledgment. Exactly once is not to be had on the wire; it is made by the receiver, who remembers what it has had. "
        + "With one message of a user under way at a time, one number a user is all there is to remember, and the order within a user's messages stays. The price is a round trip a message of the same user.";

    public override IReadOnlyList<string> Sources => ["Saltzer, Reed and Clark 1984", "MQTT 5.0, 4.3"];

    private static Outcome Try(Bench bench, int messages, bool repeats, bool remembers)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost producer, LabHost consumer) = (network.Host("producer"), network.Host("consumer"));
        network.Connect(producer, consumer, FormattableString.Invariant($"delay={Delay.TotalMilliseconds}ms,loss={bench.Get(Loss) * 100}%"));
        (VirtualHost from, VirtualHost to) = network.NewHosts(producer, consumer, "messages");
        foreach (LabLink link in network.Links)
        {
            link.KeepsLog = false;
        }

        // A message: the user, and its number among the user's from 1. An acknowledgment says the same.
        int[] current = new int[Queues];
        int[] delivered = new int[Queues];
        int[] highest = new int[Queues];
        var had = new HashSet<(int, int)>();
        long sent = 0;
        long repeated = 0;
        long disordered = 0;
        int next = 0;
        int done = 0;
        byte[] message = new byte[MessageBytes];

        void Next(int user)
        {
            if (next == messages)
            {
                return;
            }

            next++;
            current[user]++;
            Send(user, current[user]);
        }

        void Send(int user, int number)
        {
            sent++;
            BinaryPrimitives.WriteInt32BigEndian(message, user);
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), number);
            from.Send(message, to.Address);
            network.In(Patience, () =>
            {
                if (current[user] != number || delivered[user] >= number)
                {
                    return;
                }

                if (repeats)
                {
                    Send(user, number);
                }
                else
                {
                    // At most once does not wait for an answer: its next message goes when this one has had its time.
                    delivered[user] = number;
                    done++;
                    Next(user);
                }
            });
        }

        to.OnReceive = (received, _, _) =>
        {
            (int user, int number) = (BinaryPrimitives.ReadInt32BigEndian(received), BinaryPrimitives.ReadInt32BigEndian(received[4..]));
            if (!remembers || number > highest[user])
            {
                repeated += had.Add((user, number)) ? 0 : 1;
                disordered += number < highest[user] ? 1 : 0;
            }

            highest[user] = Math.Max(highest[user], number);
            if (repeats)
            {
                to.Send(received[..8], from.Address);
            }
        };
        from.OnReceive = (received, _, _) =>
        {
            (int user, int number) = (BinaryPrimitives.ReadInt32BigEndian(received), BinaryPrimitives.ReadInt32BigEndian(received[4..]));
            if (current[user] == number && delivered[user] < number)
            {
                delivered[user] = number;
                done++;
                Next(user);
            }
        };
        for (int user = 0; user < Queues; user++)
        {
            Next(user);
        }

        network.RunUntil(() => done == messages, TimeSpan.FromHours(10));
        double seconds = network.Now.TotalSeconds;

        // What is still on its way when the last has been acknowledged is counted, too.
        network.RunUntil(network.Now + Patience);
        return new Outcome(sent, messages - had.Count, repeated, disordered, messages / seconds);
    }

    private sealed record Outcome(long Sent, long Lost, long Repeated, long Disordered, double PerSecond);
}
