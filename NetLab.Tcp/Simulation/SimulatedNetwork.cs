using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Simulation;

/// <summary>
/// Any number of machines in virtual time, on links that they may share: experiments on who gets how much of a
/// bottleneck, and what happens when it changes. The same seed gives the same segments at the same times.
/// </summary>
/// <param name="seed">The seed of everything random.</param>
public sealed class SimulatedNetwork(ulong seed)
{
    private ulong _drawn;
    private int _machines;

    /// <summary>The network under the machines.</summary>
    public VirtualNetwork Network { get; } = new();

    /// <summary>The present moment; starts at the origin.</summary>
    public Instant Now => Network.Now;

    /// <summary>Adds a machine that speaks NetLab's TCP on UDP port 9000 of an address of its own.</summary>
    public SimulatedEndpoint AddMachine() => new(Network, NextAddress(), Draw());

    /// <summary>Adds a link: one direction, which any number of machines may share.</summary>
    /// <param name="direction">What it does.</param>
    public EmulatedLink<VirtualNetwork.Route> AddLink(LinkDirection direction) => Network.AddLink(new LinkModel(direction, Draw()));

    /// <summary>Lets two machines reach each other.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <param name="there">The link from the first to the second.</param>
    /// <param name="back">The link back.</param>
    public void Connect(
        SimulatedEndpoint left, SimulatedEndpoint right, EmulatedLink<VirtualNetwork.Route> there, EmulatedLink<VirtualNetwork.Route> back)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        Network.AddRoute(left.Host, right.Host, there);
        Network.AddRoute(right.Host, left.Host, back);
    }

    /// <summary>
    /// Sends datagrams that nobody answers over a link, evenly at a rate: traffic that does not care how the others fare.
    /// </summary>
    /// <param name="link">The link.</param>
    /// <param name="bitsPerSecond">Its rate, UDP payload alone.</param>
    /// <param name="datagramSize">Bytes a datagram.</param>
    /// <param name="from">When it begins.</param>
    /// <param name="until">When it ends.</param>
    public void AddCrossTraffic(EmulatedLink<VirtualNetwork.Route> link, long bitsPerSecond, int datagramSize, Instant from, Instant until)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bitsPerSecond, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(datagramSize, 1);
        VirtualHost source = Network.AddHost(NextAddress());
        VirtualHost sink = Network.AddHost(NextAddress());
        Network.AddRoute(source, sink, link);
        byte[] datagram = new byte[datagramSize];
        TimeSpan step = TimeSpan.FromSeconds(datagramSize * 8.0 / bitsPerSecond);
        source.OnTimer = () =>
        {
            source.Send(datagram, sink.Address);
            source.Timer = Network.Now + step < until ? Network.Now + step : Instant.Never;
        };
        source.Timer = from;
    }

    /// <summary>Lets time pass until something is true.</summary>
    /// <param name="until">The condition, looked at after every event.</param>
    /// <param name="limit">Virtual time to stop at, counted from the start.</param>
    /// <returns>Whether it came true within the limit.</returns>
    public bool Run(Func<bool> until, TimeSpan limit) => Network.Run(until, limit);

    /// <summary>Lets a span of virtual time pass.</summary>
    public void Advance(TimeSpan duration) => Network.Advance(duration);

    private DatagramAddress NextAddress() => DatagramAddress.FromIPv4(0x0A01_0001u + (uint)_machines++, 9_000);

    // Weyl's sequence: everything that needs a seed gets another one.
    private ulong Draw() => seed + (0x9E37_79B9_7F4A_7C15 * ++_drawn);
}
