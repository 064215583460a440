using System.Globalization;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Simulation;

/// <summary>
/// A client and a server joined by a link, in virtual time: ten seconds take milliseconds, and the same seed gives the
/// same segments at the same times, bit for bit.
/// </summary>
public sealed class SimulatedPair
{
    private readonly List<string> _trace = [];

    /// <summary>Sets up both ends; the client's SYN leaves at time zero.</summary>
    /// <param name="link">The link between them.</param>
    /// <param name="seed">The seed of everything random.</param>
    /// <param name="client">How the client behaves; null for the defaults.</param>
    /// <param name="server">How the server behaves; null for the defaults.</param>
    /// <param name="initialSequence">Where both ends' sequence numbers begin; null to draw them from the seed.</param>
    public SimulatedPair(LinkDescription link, ulong seed, ConnectionOptions? client = null, ConnectionOptions? server = null, uint? initialSequence = null)
    {
        ArgumentNullException.ThrowIfNull(link);
        (LinkModel up, LinkModel down) = link.CreateModels(seed, SegmentKind.Matches);
        Up = Network.AddLink(up);
        Down = Network.AddLink(down);
        var clientEndpoint = new SimulatedEndpoint(Network, DatagramAddress.FromIPv4(0x0A00_0001, 40_000), seed, initialSequence);
        var serverEndpoint = new SimulatedEndpoint(Network, DatagramAddress.FromIPv4(0x0A00_0002, 9_000), seed ^ 0x5555, initialSequence);
        Network.AddRoute(clientEndpoint.Host, serverEndpoint.Host, Up);
        Network.AddRoute(serverEndpoint.Host, clientEndpoint.Host, Down);
        clientEndpoint.Tap = (at, datagram, _, sent) => Note(at, "client", datagram, sent);
        serverEndpoint.Tap = (at, datagram, _, sent) => Note(at, "server", datagram, sent);
        serverEndpoint.Listen(server ?? new ConnectionOptions(), stream => Server = stream);
        Client = clientEndpoint.Connect(serverEndpoint.Host.Address, client ?? new ConnectionOptions());
        (ClientEndpoint, ServerEndpoint) = (clientEndpoint, serverEndpoint);
    }

    /// <summary>The network they are on.</summary>
    public VirtualNetwork Network { get; } = new();

    /// <summary>The link from client to server.</summary>
    public EmulatedLink<VirtualNetwork.Route> Up { get; }

    /// <summary>The link from server to client.</summary>
    public EmulatedLink<VirtualNetwork.Route> Down { get; }

    /// <summary>The client's machine.</summary>
    public SimulatedEndpoint ClientEndpoint { get; }

    /// <summary>The server's machine.</summary>
    public SimulatedEndpoint ServerEndpoint { get; }

    /// <summary>The client's application.</summary>
    public SimulatedStream Client { get; }

    /// <summary>The server's application; null until a SYN has arrived.</summary>
    public SimulatedStream? Server { get; private set; }

    /// <summary>Sees each datagram at the client, for a recording.</summary>
    public DatagramTap? ClientTap { get; set; }

    /// <summary>Whether to keep a line for each segment sent or received.</summary>
    public bool KeepsTrace { get; set; }

    /// <summary>A line for each segment sent or received.</summary>
    public IReadOnlyList<string> Trace => _trace;

    /// <summary>Lets time pass until something is true.</summary>
    /// <param name="until">The condition, looked at after every event.</param>
    /// <param name="limit">Virtual time to stop at, counted from the start.</param>
    /// <returns>Whether it came true within the limit.</returns>
    public bool Run(Func<bool> until, TimeSpan limit) => Network.Run(until, limit);

    /// <summary>Lets a span of virtual time pass.</summary>
    public void Advance(TimeSpan duration) => Network.Advance(duration);

    private void Note(Instant at, string who, ReadOnlySpan<byte> datagram, bool sent)
    {
        if (ClientTap is not null && who == "client")
        {
            ClientTap(at, datagram, default, sent);
        }

        if (KeepsTrace)
        {
            string what = SegmentReader.TryRead(datagram, out Segment segment, out SegmentError error) ? SegmentText.Of(segment) : error.ToString();
            _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{at.SinceOrigin.TotalMilliseconds:F4} ms {who} {(sent ? "sends" : "gets")} {what}"));
        }
    }
}
