using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Udp.Links;

namespace NetLab.Host.Experiments.Transport;

/// <summary>A datagram in n fragments is lost when one of them is.</summary>
internal sealed class Fragments : Experiment
{
    private const int IpHeader = 20;
    private const int UdpHeader = 8;
    private const int Datagrams = 20_000;
    private const string SmallPath = "a link on the way has an MTU of 576";

    private static readonly Parameter<int> Mtu = Parameter.Count("mtu", "the link's MTU in bytes", 1_500, 576, 9_000);
    private static readonly Parameter<double> Loss = Parameter.Share("loss", "share of packets lost", "2%", 0.001, 0.2);

    public override string Name => "fragments";

    public override string Title => "Fragments";

    public override double TypicalSeconds => 0.2;

    public override string Summary => "Datagrams of 1,472, 1,473 and 8,192 bytes cross a link with an MTU of 1,500 that loses 2 % of packets.";

    public override string Question =>
        "Into how many packets does IPv4 cut a UDP datagram of 1,472 bytes, of 1,473, of 8,192, when the MTU is 1,500? If 2 % of packets are lost, how many datagrams are?";

    public override IReadOnlyList<Parameter> Parameters => [Mtu, Loss];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("the link loses twice as much") { Link = d => d with { Loss = d.Loss * 2 } },
        new(SmallPath) { IsOwn = true },
        new("one fragment is enough") { IsOwn = true },
    ];

    public override void Run(Bench bench)
    {
        int mtu = bench.Get(Mtu);
        double loss = bench.Get(Loss);
        int fits = mtu - IpHeader - UdpHeader;
        var got = new List<Point>();
        foreach (int size in new[] { fits, fits + 1, 8_192 })
        {
            int[] fragments = Cut(size + UdpHeader, bench.IsBroken(SmallPath) ? 576 : mtu);
            int expected = (int)Math.Ceiling((size + UdpHeader) / (double)((mtu - IpHeader) / 8 * 8));
            string bytes = string.Create(CultureInfo.InvariantCulture, $"{size} bytes");
            bench.Law($"{bytes}: fragments", fragments.Length, expected, 0, "", "each but the last carries a multiple of 8 bytes (RFC 791, 3.2)");
            double lost = Send(bench, fragments, loss);
            bench.Law($"{bytes}: datagrams lost", lost, 1 - Math.Pow(1 - loss, expected), 0.12, "", "1 − (1 − p)ⁿ: all n have to come (RFC 8900, 3.2)", isRandom: true);
            got.Add(new Point(expected, lost));
        }

        bench.Picture("loss", "Datagrams lost over fragments", () => new Chart("2 % of packets lost, 20,000 datagrams each", new Axis("fragments a datagram", "") { Min = 0 }, new Axis("datagrams lost", "share") { Min = 0 },
        [
            new MarkLayer(MarkShape.Dot, got) { Name = "measured" },
            new LineLayer([.. Enumerable.Range(1, 7).Select(n => new Point(n, 1 - Math.Pow(1 - loss, n)))]) { Name = "1 − (1 − p)ⁿ", IsReference = true },
        ]));
    }

    // RFC 791, 3.2: the payload of every fragment but the last is a multiple of 8 bytes.
    private static int[] Cut(int payload, int mtu)
    {
        int most = (mtu - IpHeader) / 8 * 8;
        var sizes = new List<int>();
        if (payload + IpHeader <= mtu)
        {
            return [payload];
        }

        for (int left = payload; left > 0; left -= most)
        {
            sizes.Add(left + IpHeader <= mtu ? left : most);
            if (left + IpHeader <= mtu)
            {
                break;
            }
        }

        return [.. sizes];
    }

    private static double Send(Bench bench, int[] fragments, double loss)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost sender, LabHost receiver) = (network.Host("sender"), network.Host("receiver"));
        (LabLink up, _) = network.Connect(sender, receiver, FormattableString.Invariant($"delay=5ms,loss={loss}"));
        up.KeepsLog = false;
        (VirtualHost from, VirtualHost to) = network.NewHosts(sender, receiver, "packets");
        int[] arrived = new int[Datagrams];
        to.OnReceive = (packet, _, _) => arrived[BitConverter.ToInt32(packet)]++;
        byte[] buffer = new byte[9_000];
        int next = 0;
        from.OnTimer = () =>
        {
            BitConverter.TryWriteBytes(buffer, next);
            foreach (int fragment in fragments)
            {
                from.Send(buffer.AsSpan(0, Math.Max(4, fragment)), to.Address);
            }

            next++;
            from.Timer = next < Datagrams ? network.Virtual.Now + TimeSpan.FromMilliseconds(1) : Udp.Time.Instant.Never;
        };
        from.Timer = network.Virtual.Now;
        network.RunUntil(TimeSpan.FromSeconds(60));
        int needed = bench.IsBroken("one fragment is enough") ? 1 : fragments.Length;
        return arrived.Count(a => a < needed) / (double)Datagrams;
    }

    public override bool HasChance => true;

    public override string Explanation =>
        "1,472 bytes of UDP payload are 1,500 with both headers and travel whole; one byte more makes two packets, and 8,192 bytes make six. IP repairs nothing: the datagram is there when every fragment is, so its loss is 1 − (1 − p)ⁿ, six times that of a packet here. "
        + "That is why protocols over UDP find out the path's MTU and stay below it.";

    public override IReadOnlyList<string> Sources => ["RFC 791, 3.2", "RFC 8900, 3"];
}
