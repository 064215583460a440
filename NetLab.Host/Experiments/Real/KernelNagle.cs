using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;

namespace NetLab.Host.Experiments.Real;

/// <summary>Two small writes and a read on the kernel's own sockets: what the lesson on Nagle's algorithm foretells.</summary>
internal sealed class KernelNagle : Experiment
{
    private const int Part = 100;
    private const string OneWrite = "head and body in one write";
    private const string NeverOff = "TCP_NODELAY is not set";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Parameter<int> Rounds = Parameter.Count("rounds", "requests, one after the other", 20, 10, 1_000);

    public override string Name => "nagle-kernel";

    public override string Title => "Nagle in the kernel";

    public override double TypicalSeconds => 1.2;

    public override string Summary => "The kernel's own sockets on loopback: a client writes a head and a body and waits for the answer, with TCP_NODELAY and without.";

    public override string Question => "The round trip on loopback is a few hundredths of a millisecond. How long does a request of two small writes take, when nobody set TCP_NODELAY, and when somebody did?";

    public override IReadOnlyList<Parameter> Parameters => [Rounds];

    public override bool IsReal => true;

    public override IReadOnlyList<Mutation> Mutations => [new(OneWrite) { IsOwn = true }, new(NeverOff) { IsOwn = true }];

    public override void Run(Bench bench)
    {
        double[] with = Try(bench, noDelay: false);
        double[] without = Try(bench, noDelay: !bench.IsBroken(OneWrite) && !bench.IsBroken(NeverOff));

        // The lower quartile: a busy machine makes requests longer and none shorter, and the first ones find a receiver that acknowledges at once.
        (double slow, double quick) = (Quartile(with), Quartile(without));
        bench.LawBetween("Nagle and the delayed ACK: a request", slow, 20, 500, "ms", "the receiver's delayed-ACK time: 40 ms in Linux, up to 200 elsewhere, 500 at most (RFC 1122, 4.2.3.2)");
        bench.LawBetween("TCP_NODELAY: a request", quick, 0, 15, "ms", "a round trip on loopback (RFC 9293, 3.7.4)");
        bench.LawBetween("price of both", slow / quick, 3, double.PositiveInfinity, "times", "one delayed-ACK time a request");
        bench.Picture("requests", "Write, write, read on the kernel's sockets", () => new Chart("requests in their order", new Axis("request", ""), new Axis("time", "ms") { IsLogarithmic = true },
        [
            new LineLayer([.. with.Select((t, i) => new Point(i + 1, t))]) { Name = "as it comes", HasMarks = true },
            new LineLayer([.. without.Select((t, i) => new Point(i + 1, t))]) { Name = "TCP_NODELAY", HasMarks = true },
        ]));
    }

    public override string Explanation =>
        "What the lesson nagle shows in virtual time is what the kernel does: the second write waits for the acknowledgment of the first, and the receiver holds that back for company, 40 ms in Linux. The first request or two are quick: a receiver acknowledges at once until it has seen that it answers. "
        + "With TCP_NODELAY both parts leave at once and a request takes what loopback takes. The clock is real, and so is this machine's load in it.";

    public override IReadOnlyList<string> Sources => ["RFC 9293, 3.7.4 and 3.8.6.3", "RFC 1122, 4.2.3.2 and 4.2.3.4", "Linux: tcp(7), TCP_NODELAY"];

    private static double Quartile(double[] times) => times.Order().ElementAt(times.Length / 4);

    private static double[] Try(Bench bench, bool noDelay)
    {
        int rounds = bench.Get(Rounds);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = noDelay, ReceiveTimeout = (int)Patience.TotalMilliseconds };
        client.Connect(listener.LocalEndPoint!);
        using Socket server = listener.Accept();
        server.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        Task answering = Task.Factory.StartNew(() => Answer(server, rounds), bench.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        double[] times = new double[rounds];
        byte[] buffer = new byte[2 * Part];
        for (int i = 0; i < rounds; i++)
        {
            bench.CancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            if (bench.IsBroken(OneWrite))
            {
                client.Send(buffer);
            }
            else
            {
                client.Send(buffer.AsSpan(0, Part));
                client.Send(buffer.AsSpan(Part));
            }

            Read(client, buffer.AsSpan(0, Part));
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        answering.GetAwaiter().GetResult();
        return times;
    }

    private static void Answer(Socket server, int rounds)
    {
        byte[] buffer = new byte[2 * Part];
        for (int i = 0; i < rounds; i++)
        {
            Read(server, buffer);
            server.Send(buffer.AsSpan(0, Part));
        }
    }

    private static void Read(Socket socket, Span<byte> buffer)
    {
        for (int got = 0; got < buffer.Length;)
        {
            int read = socket.Receive(buffer[got..]);
            got += read > 0 ? read : throw new IOException(string.Create(CultureInfo.InvariantCulture, $"the connection ended after {got} of {buffer.Length} bytes"));
        }
    }
}
