using System.Buffers.Binary;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Settings;

/// <summary>
/// Makes the options of a connection out of the system's settings, the socket's, and the SYN that the script expects of the
/// machine: a script was written for a system whose MSS, window scale and buffers its SYN shows.
/// </summary>
internal static class OptionsBuilder
{
    // RFC 9293, 3.7.1: of a peer that says nothing of its MSS.
    private const int DefaultSegmentSize = 536;

    private const int UnscaledWindow = ushort.MaxValue;

    /// <summary>The options.</summary>
    /// <param name="system">The system's settings.</param>
    /// <param name="socket">The socket's.</param>
    /// <param name="syn">The SYN or SYN_ACK expected of the machine; null if there is none.</param>
    /// <param name="peer">The SYN that it answers; null for one that opens.</param>
    /// <param name="showsAccurateEcnOption">Whether the script expects an AccECN option anywhere.</param>
    public static ConnectionOptions Build(SystemSettings system, SocketSettings socket, DrillPacket? syn, DrillPacket? peer, bool showsAccurateEcnOption)
    {
        bool says = syn?.Options is not null && !socket.NoOptions;
        bool? Offers(byte kind) => !says ? null : syn!.Find(kind) is not null ? true : peer is null || peer.Find(kind) is not null ? false : null;
        bool scales = !socket.NoOptions && (Offers(DrillOption.WindowScale) ?? system.WindowScaling);
        bool keepAlive = socket.KeepAlive ?? system.KeepAlive;
        var defaults = new ConnectionOptions();
        return new ConnectionOptions
        {
            MaxSegmentSize = Math.Clamp(
                socket.NoOptions ? DefaultSegmentSize : SegmentSizeOf(syn) ?? socket.SegmentSize ?? system.SegmentSize, ConnectionOptions.SmallestSegmentSize, ConnectionOptions.LargestSegmentSize),
            TellsSegmentSize = !socket.NoOptions,
            Sack = !socket.NoOptions && (Offers(DrillOption.SackPermitted) ?? system.Sack),
            Timestamps = !socket.NoOptions && (Offers(DrillOption.Timestamps) ?? system.Timestamps),
            WindowScaling = scales,
            WindowScale = syn?.Find(DrillOption.WindowScale) is { } scale ? Math.Min((int)scale.Value[0], 14) : null,
            ReceiveBufferSize = ReceiveBufferOf(system, socket, syn, scales, isAnswered: peer is null || peer.Find(DrillOption.WindowScale) is not null),
            SendBufferSize = Math.Clamp(socket.SendBuffer ?? system.SendBuffer, 1024, 1 << 30),
            UnsentLowWaterMark = socket.UnsentLowWaterMark ?? system.UnsentLowWaterMark,
            Congestion = socket.Congestion ?? system.Congestion,
            Ecn = system.Ecn,
            AccurateEcnOption = system.AccurateEcnOption ?? showsAccurateEcnOption,
            MtuSearch = system.MtuSearch,

            // The suites expect what a window allows at once.
            Pacing = socket.Pacing ?? false,
            Nagle = system.Nagle && socket.NoDelay != true,
            DelayedAcknowledgment = socket.DelayedAcknowledgment ?? system.DelayedAcknowledgment,
            QuickAcknowledgments = socket.QuickAcknowledgment switch { true => int.MaxValue, false => 0, null => system.QuickAcknowledgments },
            InitialRetransmissionTimeout = system.InitialTimeout,
            MinRetransmissionTimeout = socket.MinTimeout ?? system.MinTimeout,
            MaxRetransmissionTimeout = socket.MaxTimeout ?? system.MaxTimeout ?? defaults.MaxRetransmissionTimeout,
            MaxSynRetransmissions = socket.SynRetransmissions ?? system.SynRetransmissions ?? defaults.MaxSynRetransmissions,
            MaxRetransmissions = system.Retransmissions ?? defaults.MaxRetransmissions,
            UserTimeout = socket.UserTimeout,
            KeepAlive = keepAlive ? socket.KeepAliveIdle ?? system.KeepAliveIdle : null,
            KeepAliveInterval = socket.KeepAliveInterval ?? system.KeepAliveInterval,
            KeepAliveProbes = socket.KeepAliveProbes ?? system.KeepAliveProbes,
            MaxSegmentLifetime = system.SegmentLifetime,
            OrphanTimeout = socket.FinTimeout ?? system.FinTimeout,
            ChallengeInterval = system.ChallengeInterval ?? defaults.ChallengeInterval,
        };
    }

    private static int? SegmentSizeOf(DrillPacket? syn) =>
        syn?.Find(DrillOption.MaxSegmentSize) is { } option ? BinaryPrimitives.ReadUInt16BigEndian(option.Value) : null;

    // Where nothing is said, a buffer that shows the window of the SYN: all there is without a scale, be it that the peer offers none, and
    // FreeBSD's with one.
    private static int ReceiveBufferOf(SystemSettings system, SocketSettings socket, DrillPacket? syn, bool scales, bool isAnswered)
    {
        long? shown = syn?.Window is > 0 and { } window ? window : null;
        long size = socket.ReceiveBuffer ?? (isAnswered ? null : shown) ?? (scales ? system.ReceiveBuffer : null) ?? shown ?? UnscaledWindow;
        return (int)Math.Clamp(Math.Min(size, socket.WindowClamp ?? size), 1024, 1 << 30);
    }
}
