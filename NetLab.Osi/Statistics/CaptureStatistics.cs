using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Model;
using NetLab.Osi.Network;
using NetLab.Osi.Numbers;
using NetLab.Osi.Physical;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Statistics;

/// <summary>What a whole capture adds up to: protocols, the layers' shares of its bytes, conversations, and what is odd about it.</summary>
public sealed class CaptureStatistics
{
    private readonly AnomalyCounts _anomalies = new();
    private readonly long[] _headerBytes = new long[(int)OsiLayer.Application + 1];
    private readonly UdpTotalsTable _udp = new();
    private LargestConversations? _largestEnded;
    private int _endedStreams;
    private long _endedGaps;

    /// <summary>Packets.</summary>
    public long Packets { get; private set; }

    /// <summary>Their bytes on the wire.</summary>
    public long WireBytes { get; private set; }

    /// <summary>Their bytes in the capture.</summary>
    public long CapturedBytes { get; private set; }

    /// <summary>Nanoseconds since 1970 of the earliest packet; null if none has a time.</summary>
    public long? FirstTime { get; private set; }

    /// <summary>Nanoseconds since 1970 of the latest packet.</summary>
    public long? LastTime { get; private set; }

    /// <summary>Bits the Ethernet frames cost on their medium, preamble, padding and gap included.</summary>
    public long MediumBits { get; private set; }

    /// <summary>Captured bytes that are no header that was taken apart: payload of applications, and what nobody knows.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>The root of the hierarchy: the capture itself.</summary>
    public ProtocolNode Protocols { get; } = new("frame");

    /// <summary>Captured bytes that are headers of a layer.</summary>
    public long HeaderBytes(OsiLayer layer) => _headerBytes[(int)layer];

    /// <summary>Counts a packet.</summary>
    /// <param name="packet">Its bytes.</param>
    /// <param name="decoded">What was found in them.</param>
    public void Add(in CapturedPacket packet, DecodedPacket decoded)
    {
        ArgumentNullException.ThrowIfNull(decoded);
        Packets++;
        WireBytes += decoded.OriginalLength;
        CapturedBytes += decoded.CapturedLength;
        if (decoded.Time is { } time)
        {
            FirstTime = FirstTime is { } first ? Math.Min(first, time) : time;
            LastTime = LastTime is { } last ? Math.Max(last, time) : time;
        }

        if (decoded.LinkType == LinkTypes.Ethernet)
        {
            MediumBits += FrameProtocol.MediumBits(decoded);
        }

        CountLayers(decoded);
        CountAnomalies(packet.Bytes, decoded);
    }

    /// <summary>How many conversations <see cref="Conversations"/> shows.</summary>
    public int Top { get; init; } = 20;

    /// <summary>UDP conversations that are in no sum, because more than a quarter of a million had been forgotten before; what they sent is counted everywhere else.</summary>
    public long ConversationsLeftOut => _udp.LeftOut;

    /// <summary>
    /// Options with which a decoder hands over the conversations that it lets go of before the end of the capture, so that
    /// <see cref="Conversations"/> has them too: for captures of more than some forty thousand.
    /// </summary>
    /// <param name="options">What else is wanted.</param>
    public DecoderOptions Observing(DecoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { StreamEnded = Ended, UdpFlowEnded = _udp.Add };
    }

    /// <summary>The largest conversations of the packets counted so far, those of most bytes first; called while no packet is decoded.</summary>
    /// <param name="decoder">The decoder that took the packets apart.</param>
    /// <param name="count">How many there are.</param>
    public IReadOnlyList<Conversation> Conversations(PacketDecoder decoder, out int count)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        count = _endedStreams;

        // A capture may have a million of them: only those that are shown are put into words.
        var largest = new LargestConversations(Top);
        foreach (Conversation ended in Largest.All)
        {
            largest.Offer(ended.Bytes, ended, static c => c);
        }

        foreach (TcpStream stream in decoder.TcpStreams)
        {
            largest.Offer(stream.ClientToServer.WireBytes + stream.ServerToClient.WireBytes, stream, Of);
            count++;
        }

        // Nothing is added up for good: a capture that goes on is asked again.
        var current = new HashSet<FlowKey>();
        foreach ((FlowKey key, UdpFlow flow) in decoder.UdpConversations)
        {
            UdpTotals totals = _udp.With(key, flow);
            largest.Offer(totals.Bytes, (key, totals), static c => c.totals.ToConversation(c.key));
            current.Add(key);
            count++;
        }

        foreach ((FlowKey key, UdpTotals totals) in _udp.All)
        {
            if (!current.Contains(key))
            {
                largest.Offer(totals.Bytes, (key, totals), static c => c.totals.ToConversation(c.key));
                count++;
            }
        }

        return largest.All;
    }

    /// <summary>What is odd about the capture, what was found most often first.</summary>
    /// <param name="decoder">The decoder that took the packets apart, for what its streams lack; or null, where only some of their packets were counted.</param>
    public IReadOnlyList<Anomaly> Anomalies(PacketDecoder? decoder)
    {
        long gaps = (decoder?.TcpStreams ?? []).Sum(s => (s.ClientToServer.HasGap ? 1 : 0) + (s.ServerToClient.HasGap ? 1 : 0));
        gaps += decoder is null ? 0 : _endedGaps;
        IEnumerable<Anomaly> streams = gaps == 0 ? [] : [new Anomaly("TCP directions with bytes missing", gaps, null)];
        return [.. _anomalies.All.Concat(streams).OrderByDescending(o => o.Count)];
    }

    private static Conversation Of(TcpStream s) => new(
        "tcp", s.Number, s.Client.ToString(), s.Server.ToString(), s.ClientToServer.Packets, s.ClientToServer.WireBytes,
        s.ServerToClient.Packets, s.ServerToClient.WireBytes, string.Join(' ', s.Applications), TcpSession.NameOf(s.State));

    private LargestConversations Largest => _largestEnded ??= new LargestConversations(Top);

    // On the thread that follows the streams; read when that has ended.
    private void Ended(TcpStream stream)
    {
        _endedStreams++;
        _endedGaps += (stream.ClientToServer.HasGap ? 1 : 0) + (stream.ServerToClient.HasGap ? 1 : 0);
        Largest.Offer(stream.ClientToServer.WireBytes + stream.ServerToClient.WireBytes, stream, Of);
    }

    private void CountLayers(DecodedPacket decoded)
    {
        ProtocolNode node = Protocols;
        node.Packets++;
        node.Bytes += decoded.OriginalLength;
        int headers = 0;
        foreach (ref readonly LayerEntry entry in decoded.Entries)
        {
            if (entry.Protocol == FrameProtocol.Value || entry.Protocol == TcpSession.Value || entry.IsQuoted)
            {
                continue;
            }

            node = node.Child(entry.Protocol);
            node.Packets++;
            node.Bytes += decoded.OriginalLength;

            // A header put together from fragments was counted as their payload.
            if (entry.Protocol != DataProtocol.Value && entry.Buffer == 0 && headers + entry.HeaderLength <= decoded.CapturedLength)
            {
                headers += entry.HeaderLength;
                _headerBytes[(int)entry.Layer] += entry.HeaderLength;
            }
        }

        PayloadBytes += decoded.CapturedLength - headers;
    }

    private void CountAnomalies(ReadOnlySpan<byte> bytes, DecodedPacket decoded)
    {
        if (decoded.Stop is { } stop)
        {
            _anomalies.Count(stop.Reason, decoded.Number);
        }

        if (decoded.Session is { Analysis: not TcpAnalysisFlags.None } session)
        {
            _anomalies.Count(session.Analysis, decoded.Number);
        }

        var view = new PacketView(bytes, decoded);
        ReadOnlySpan<LayerEntry> entries = decoded.Entries;
        for (int i = 0; i < entries.Length && !entries[i].IsQuoted; i++)
        {
            Protocol protocol = entries[i].Protocol;
            if (protocol == Ipv4Protocol.Value && entries[i].Length >= entries[i].HeaderLength && !InternetChecksum.IsRight(view.BytesOf(i)[..entries[i].HeaderLength]))
            {
                _anomalies.Count(AnomalyCounts.BadIpChecksum, decoded.Number);
            }
            else if (protocol == TcpProtocol.Value || protocol == UdpProtocol.Value)
            {
                ChecksumVerdict verdict = protocol == TcpProtocol.Value ? TcpProtocol.Judge(view, i) : UdpProtocol.Judge(view, i);
                if (verdict is ChecksumVerdict.Wrong or ChecksumVerdict.Partial)
                {
                    _anomalies.Count(verdict == ChecksumVerdict.Wrong ? AnomalyCounts.BadChecksum : AnomalyCounts.PartialChecksum, decoded.Number);
                }
            }
        }
    }
}
