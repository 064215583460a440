using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Simulation.Drill.Wire;

/// <summary>A connection as the script's packets see it: its addresses, and how far numbers on the wire are from the script's.</summary>
/// <param name="peer">The peer that the script plays.</param>
/// <param name="localPort">The machine's TCP port.</param>
/// <param name="offset">How far the peer's numbers are from the script's.</param>
internal sealed class DrillFlow(DatagramAddress peer, ushort localPort, uint offset)
{
    private const int MaxTimestamps = 10_000;

    private readonly Dictionary<uint, uint> _timestamps = [];
    private readonly HashSet<uint> _peerTimestamps = [];
    private (uint Script, uint Wire)? _newestTimestamp;

    /// <summary>The peer that the script plays; its TCP port is the same as its UDP port.</summary>
    public DatagramAddress Peer { get; } = peer;

    /// <summary>The machine's TCP port.</summary>
    public ushort LocalPort { get; set; } = localPort;

    /// <summary>Added to the script's numbers of the peer's stream.</summary>
    public uint PeerOffset { get; } = offset;

    /// <summary>Added to the script's numbers of the machine's stream; known once its SYN has left.</summary>
    public uint OwnOffset { get; set; }

    /// <summary>The options of the machine's SYN; null before it was sent.</summary>
    public IReadOnlyList<DrillOption>? OwnSyn { get; set; }

    /// <summary>The options of the script's SYN; null before it was sent.</summary>
    public IReadOnlyList<DrillOption>? PeerSyn { get; set; }

    /// <summary>What passed.</summary>
    public FlowCounts Counts { get; } = new();

    /// <summary>What the machine has told of its counters of bytes.</summary>
    public ToldCounters Told { get; set; } = ToldCounters.Initial;

    /// <summary>A segment of the script carried a timestamp.</summary>
    public void NotePeerTimestamp(uint value)
    {
        if (_peerTimestamps.Count < MaxTimestamps)
        {
            _peerTimestamps.Add(value);
        }
    }

    /// <summary>Whether the script has sent a timestamp.</summary>
    public bool HasSent(uint timestamp) => _peerTimestamps.Contains(timestamp);

    /// <summary>A timestamp of the machine was expected under another name.</summary>
    public void NoteTimestamp(uint script, uint wire)
    {
        if (_timestamps.Count < MaxTimestamps)
        {
            _timestamps[script] = wire;
        }

        _newestTimestamp = (script, wire);
    }

    /// <summary>What a timestamp that the script echoes is on the wire; one that was never expected is counted from the newest that was.</summary>
    public uint TimestampOnWire(uint script)
    {
        if (script == 0)
        {
            return 0;
        }

        if (_timestamps.TryGetValue(script, out uint wire))
        {
            return wire;
        }

        return _newestTimestamp is { } newest ? unchecked(newest.Wire + (script - newest.Script)) : script;
    }
}
