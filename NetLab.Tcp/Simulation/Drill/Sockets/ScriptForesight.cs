using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Tcp.Simulation.Drill.Sockets;

/// <summary>
/// What a script says further on, and a connection has to be made with: the SYN it expects, and options that are set once
/// accept has returned.
/// </summary>
/// <param name="events">The script.</param>
internal sealed class ScriptForesight(IReadOnlyList<DrillEvent> events)
{
    /// <summary>Options that are looked for ahead.</summary>
    public static readonly IReadOnlySet<string> Options = new HashSet<string>
    {
        "SO_RCVBUF", "SO_SNDBUF", "TCP_CONGESTION", "TCP_USER_TIMEOUT", "SO_KEEPALIVE", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_LINGER2",
        "TCP_NOTSENT_LOWAT", "TCP_QUICKACK", "TCP_MAXSEG", "TCP_MAXUNACKTIME", "SO_MAX_PACING_RATE", "TCP_RTO_MAX_MS", "TCP_RTO_MIN_US", "TCP_DELACK_MAX_US",
        "TCP_WINDOW_CLAMP", "TCP_SYNCNT", "TCP_KEEPINIT",
    };

    /// <summary>Whether the machine is expected to send an AccECN option anywhere.</summary>
    public bool ShowsAccurateEcnOption => Packets(-1).Any(p => !p.IsInbound && (p.Find(DrillOption.AccurateEcn0) ?? p.Find(DrillOption.AccurateEcn1)) is not null);

    /// <summary>The next SYN or SYN_ACK expected of the machine.</summary>
    public DrillPacket? NextSyn(int index) => Packets(index).FirstOrDefault(p => !p.IsInbound && p.Has(SegmentFlags.Syn));

    /// <summary>The next SYN that the script sends.</summary>
    public DrillPacket? NextPeerSyn(int index) => Packets(index).FirstOrDefault(p => p.IsInbound && p.Has(SegmentFlags.Syn));

    /// <summary>The settings of the next connection that is accepted: the listener's, what is set on that until then, and what is set on it later.</summary>
    /// <param name="index">Where the listener listens.</param>
    /// <param name="settings">The listener's settings there.</param>
    /// <param name="listen">That call.</param>
    public SocketSettings OfAccepted(int index, SocketSettings settings, DrillCall listen)
    {
        for (int i = index + 1; i < events.Count; i++)
        {
            if (events[i] is CallEvent { Call: { Name: "accept" or "accept4", Returns: >= 0 and { } number } })
            {
                settings = listen.Arguments is [NumberArgument { Value: var listener }, ..] ? Later(index, listener, settings, i) : settings;
                return Later(i, number, settings, events.Count);
            }
        }

        return settings;
    }

    /// <summary>The settings of a socket that connects: its own, and what is set on it later.</summary>
    public SocketSettings OfSocket(int index, SocketSettings settings, DrillCall call) =>
        call.Arguments is [NumberArgument { Value: var number }, ..] ? Later(index, number, settings, events.Count) : settings;

    // The first word on each option counts.
    private SocketSettings Later(int index, long number, SocketSettings settings, int end)
    {
        HashSet<string> seen = [];
        for (int i = index + 1; i < end; i++)
        {
            if (events[i] is not CallEvent { Call: { Arguments: [NumberArgument { Value: var socket }, ..] } call } later || socket != number)
            {
                continue;
            }

            if (call.Name == "close")
            {
                break;
            }

            string name = CallArguments.Text(call, 2);
            if (call.Name == "setsockopt" && Options.Contains(name) && seen.Add(name) && call.Arguments.Count > 3)
            {
                settings = SocketOptions.Apply(settings, name, call.Arguments[3], later.Line) ?? settings;
            }
        }

        return settings;
    }

    private IEnumerable<DrillPacket> Packets(int index)
    {
        for (int i = index + 1; i < events.Count; i++)
        {
            if (events[i] is PacketEvent { Packet: var packet })
            {
                yield return packet;
            }
        }
    }
}
