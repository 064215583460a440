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
    private readonly OddityCounts _oddities = new();
    private readonly long[] _headerBytes = new long[(int)OsiLayer.Application + 1];

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
        CountOddities(packet.Bytes, decoded);
    }

    /// <summary>The largest conversations, those of most bytes first.</summary>
    /// <param name="decoder">The decoder that took the packets apart.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="count">How many there are.</param>
    public static IReadOnlyList<Conversation> Conversations(PacketDecoder decoder, int top, out int count)
    {
        ArgumentNullException.ThrowIfNull(decoder);

        // A capture may have a million of them: only those that are shown are put into words.
        var tcp = decoder.TcpStreams.ToList();
        var udp = decoder.UdpConversations.ToList();
        count = tcp.Count + udp.Count;
        IEnumerable<(long Bytes, Func<Conversation> Make)> all = tcp
            .Select(s => (Bytes: s.ClientToServer.WireBytes + s.ServerToClient.WireBytes, Make: (Func<Conversation>)(() => Of(s))))
            .OrderByDescending(c => c.Bytes).Take(top)
            .Concat(udp.Select(f => (f.Flow.FromLow.Bytes + f.Flow.FromHigh.Bytes, Make: (Func<Conversation>)(() => Of(f.Key, f.Flow)))).OrderByDescending(c => c.Item1).Take(top));
        return [.. all.OrderByDescending(c => c.Bytes).Take(top).Select(c => c.Make())];
    }

    /// <summary>What is odd about the capture, what was found most often first.</summary>
    /// <param name="decoder">The decoder that took the packets apart.</param>
    public IReadOnlyList<Oddity> Oddities(PacketDecoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        long gaps = decoder.TcpStreams.Sum(s => (s.ClientToServer.HasGap ? 1 : 0) + (s.ServerToClient.HasGap ? 1 : 0));
        IEnumerable<Oddity> streams = gaps == 0 ? [] : [new Oddity("TCP directions with bytes missing", gaps, null)];
        return [.. _oddities.All.Concat(streams).OrderByDescending(o => o.Count)];
    }

    private static Conversation Of(TcpStream s) => new(
        "tcp", s.Number, s.Client.ToString(), s.Server.ToString(), s.ClientToServer.Packets, s.ClientToServer.WireBytes,
        s.ServerToClient.Packets, s.ServerToClient.WireBytes, string.Join(' ', s.Applications), TcpSession.NameOf(s.State));

    private static Conversation Of(in FlowKey key, UdpFlow flow)
    {
        (long Packets, long Bytes) sent = flow.BeganLow ? flow.FromLow : flow.FromHigh;
        (long Packets, long Bytes) received = flow.BeganLow ? flow.FromHigh : flow.FromLow;
        var low = new TcpStreamEnd(key.LowAddress, key.IsV4, key.LowPort);
        var high = new TcpStreamEnd(key.HighAddress, key.IsV4, key.HighPort);
        string application = flow.CarriesTcp ? "tcp" : flow.Application?.Name ?? "";
        return new Conversation(
            "udp", flow.Number, (flow.BeganLow ? low : high).ToString(), (flow.BeganLow ? high : low).ToString(),
            sent.Packets, sent.Bytes, received.Packets, received.Bytes, application, null);
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

    private void CountOddities(ReadOnlySpan<byte> bytes, DecodedPacket decoded)
    {
        if (decoded.Stop is { } stop)
        {
            _oddities.Count(stop.Reason, decoded.Number);
        }

        if (decoded.Session is { Analysis: not TcpAnalysisFlags.None } session)
        {
            _oddities.Count(session.Analysis, decoded.Number);
        }

        var view = new PacketView(bytes, decoded);
        ReadOnlySpan<LayerEntry> entries = decoded.Entries;
        for (int i = 0; i < entries.Length && !entries[i].IsQuoted; i++)
        {
            Protocol protocol = entries[i].Protocol;
            if (protocol == Ipv4Protocol.Value && entries[i].Length >= entries[i].HeaderLength && !InternetChecksum.IsRight(view.BytesOf(i)[..entries[i].HeaderLength]))
            {
                _oddities.Count(OddityCounts.BadIpChecksum, decoded.Number);
            }
            else if (protocol == TcpProtocol.Value || protocol == UdpProtocol.Value)
            {
                ChecksumVerdict verdict = protocol == TcpProtocol.Value ? TcpProtocol.Judge(view, i) : UdpProtocol.Judge(view, i);
                if (verdict is ChecksumVerdict.Wrong or ChecksumVerdict.Partial)
                {
                    _oddities.Count(verdict == ChecksumVerdict.Wrong ? OddityCounts.BadChecksum : OddityCounts.PartialChecksum, decoded.Number);
                }
            }
        }
    }
}
