using System.Globalization;
using NetLab.Osi.Captures;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Udp.Links.Paths;
using NetLab.Udp.Time;

namespace NetLab.Host.Paths;

/// <summary>
/// A path by the largest TCP conversation (the kernel's or NetLab's) in a capture of one place. There a round trip can be measured and
/// not its halves, and what was lost is what had to be sent again; of acknowledgments no loss is seen.
/// </summary>
internal sealed class OneSidedPath
{
    private const int MaxSegments = 4_000_000;

    // At the receiver an acknowledgment follows at once: its round trip is none.
    private const double AtReceiver = 0.5;

    // Less tells nothing.
    private const int MinSegments = 20;

    private const TcpAnalysisFlags Repairs = TcpAnalysisFlags.Retransmission | TcpAnalysisFlags.FastRetransmission | TcpAnalysisFlags.OutOfOrder;

    private readonly Dictionary<int, TcpConversation> _conversations = [];

    /// <summary>Takes a packet.</summary>
    public void Add(in CapturedPacket packet, DecodedPacket decoded)
    {
        if (packet.Time is not { } time || decoded.Session is not { } session || LengthOf(decoded) is not var (bytes, payload))
        {
            return;
        }

        if (!_conversations.TryGetValue(session.StreamNumber, out TcpConversation? conversation))
        {
            _conversations[session.StreamNumber] = conversation = new TcpConversation(session.Client.ToString(), session.Server.ToString());
        }

        if (conversation.Count < MaxSegments)
        {
            conversation.Add(time, decoded.Number, session, bytes, payload);
        }
    }

    /// <summary>The path; null if there is no conversation that tells of one.</summary>
    /// <param name="seed">The seed with which it is to be played.</param>
    public CapturedPath? Build(ulong seed)
    {
        TcpConversation? conversation = _conversations.Values.MaxBy(c => Math.Max(c.Bytes(true), c.Bytes(false)));
        if (conversation is null)
        {
            return null;
        }

        bool fromClient = conversation.Bytes(true) >= conversation.Bytes(false);
        IReadOnlyList<PathSegment> segments = conversation.Segments(fromClient);
        double[] trips = [.. segments.Where(s => s is { RoundTrip: not null, IsLost: false }).Select(s => (double)s.RoundTrip!.Value).Order()];
        if (segments.Count < MinSegments || (trips.Length == 0 && conversation.Handshake is null))
        {
            return null;
        }

        double middle = trips.Length == 0 ? 0 : trips[trips.Length / 2];
        bool atReceiver = conversation.Handshake is { } handshake && middle < AtReceiver * handshake;
        var way = new PathRecorder { ShowsRate = false };
        var back = new PathRecorder { ShowsRate = false };
        double last = atReceiver ? conversation.Handshake!.Value : trips[0];
        int acknowledged = 0;
        foreach (PathSegment segment in segments)
        {
            acknowledged += segment.Bytes;
            var at = new Instant(segment.Time / TimeSpan.NanosecondsPerTick);
            if (!atReceiver && segment is { RoundTrip: { } trip, IsLost: false })
            {
                last = trip;
                way.AddRoundTrip(at, acknowledged, Ticks(trip));
                acknowledged = 0;
            }

            TimeSpan half = Ticks(last / 2);
            way.Add(at, segment.Bytes, segment.IsLost ? null : half);
            if (!segment.IsLost)
            {
                back.Add(at + half, 60, half);
            }
        }

        PathRecord? forth = way.Build("one side");
        PathRecord? acknowledgments = back.Build("one side");
        string direction = fromClient ? "up" : "down";
        string[] notes =
        [
            $"seen at one place, beside the {(atReceiver ? "receiver" : "sender")}: the TCP conversation {conversation.Client} to {conversation.Server}",
            string.Create(CultureInfo.InvariantCulture, $"{direction}: {way.Entered} data segments, {way.Lost} of them lost, by what was sent again"),
            atReceiver
                ? "delay: half of the handshake's round trip, each direction; how it varied cannot be seen beside the receiver"
                : "delay: half of each round trip, each direction: which half took longer cannot be known from one side",
            forth?.Rate is { } rate
                ? string.Create(CultureInfo.InvariantCulture, $"rate: {rate.MeanRate / 1e6:F2} Mbit/s, by how far acknowledgments are apart")
                : "rate: not known; nothing shows a line for which segments waited",
            $"{(fromClient ? "down" : "up")}: loss of acknowledgments cannot be known from one side, and is taken as none",
        ];
        return new CapturedPath(fromClient ? new RecordedPath(forth, acknowledgments, seed) : new RecordedPath(acknowledgments, forth, seed), notes);
    }

    private static TimeSpan Ticks(double nanoseconds) => TimeSpan.FromTicks((long)(nanoseconds / TimeSpan.NanosecondsPerTick));

    private static (int Bytes, int Payload)? LengthOf(DecodedPacket decoded)
    {
        foreach (ref readonly LayerEntry entry in decoded.Entries)
        {
            if (!entry.IsQuoted && entry.Protocol.Name == "tcp")
            {
                return (entry.WireLength + 20, entry.WireLength - entry.HeaderLength);
            }
        }

        return null;
    }

    /// <summary>Both directions' data of a conversation.</summary>
    private sealed class TcpConversation(string client, string server)
    {
        private readonly Dictionary<long, PathSegment> _byPacket = [];
        private readonly List<PathSegment> _up = [];
        private readonly List<PathSegment> _down = [];
        private long _upBytes;
        private long _downBytes;

        public string Client { get; } = client;

        public string Server { get; } = server;

        /// <summary>Nanoseconds of the handshake's round trip, if it was seen.</summary>
        public long? Handshake { get; private set; }

        public int Count => _byPacket.Count;

        public long Bytes(bool fromClient) => fromClient ? _upBytes : _downBytes;

        public IReadOnlyList<PathSegment> Segments(bool fromClient) => fromClient ? _up : _down;

        public void Add(long time, long packet, TcpSegmentFacts session, int bytes, int payload)
        {
            Handshake ??= session.InitialRoundTrip;
            if (session is { AcknowledgedPacket: { } number, AcknowledgmentRoundTrip: { } trip } && _byPacket.TryGetValue(number, out PathSegment? of))
            {
                of.RoundTrip ??= trip;
            }

            if (payload <= 0)
            {
                return;
            }

            List<PathSegment> segments = session.FromClient ? _up : _down;
            if ((session.Analysis & TcpAnalysisFlags.SpuriousRetransmission) == 0 && (session.Analysis & Repairs) != 0)
            {
                MarkLost(segments, session.RelativeSequence, time, bytes, payload);
            }

            var segment = new PathSegment(time, packet, bytes, session.RelativeSequence, payload);
            segments.Add(segment);
            _byPacket[packet] = segment;
            (session.FromClient ? ref _upBytes : ref _downBytes) += payload;
        }

        // What is repaired was lost: the one that was seen, or, beside the receiver, one that was not.
        private static void MarkLost(List<PathSegment> segments, uint sequence, long time, int bytes, int payload)
        {
            for (int i = segments.Count - 1; i >= 0 && segments.Count - i < 100_000; i--)
            {
                if (segments[i].Sequence == sequence && !segments[i].IsLost)
                {
                    segments[i].IsLost = true;
                    return;
                }
            }

            segments.Add(new PathSegment(time, -1, bytes, sequence, payload) { IsLost = true });
        }
    }
}
