using NetLab.Osi.Application;
using NetLab.Osi.Layers;
using NetLab.Osi.Network;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Session;

/// <summary>The TCP streams of a capture: which a segment belongs to, and what it does there.</summary>
internal sealed class TcpStreams
{
    private readonly Dictionary<FlowKey, TcpStream> _current = [];
    private readonly List<TcpStream> _all = [];

    public IReadOnlyList<TcpStream> All => _all;

    /// <summary>Takes a segment; null if no addresses carry it, so that it belongs to no conversation.</summary>
    public TcpSegmentFacts? Take(in Dissection dissection, int offset, int payload, int end)
    {
        DecodedPacket packet = dissection.Result;
        int tcpIndex = packet.Entries.Count - 1;
        bool overUdp = packet.CarrierOf(tcpIndex)?.Protocol == ProtocolId.Udp;
        int addressIndex = tcpIndex - 1;
        while (addressIndex >= 0 && packet.Entries[addressIndex].Protocol is not (ProtocolId.Ipv4 or ProtocolId.Ipv6))
        {
            addressIndex--;
        }

        if (addressIndex < 0)
        {
            return null;
        }

        LayerEntry carrier = packet.Entries[addressIndex];
        TcpHeader.TryRead(dissection.Packet[offset..], out TcpHeader header);
        var key = new FlowKey(dissection.Packet, carrier, header.SourcePort, header.DestinationPort, overUdp ? packet.UdpStream : -1);
        TcpStream stream = FindOrAdd(key, dissection.Packet, carrier, header);
        bool fromClient = key.SourceIsLow == stream.ClientIsLow;
        TcpStreamDirection direction = fromClient ? stream.ClientToServer : stream.ServerToClient;
        direction.Packets++;
        int claimed = ClaimedPayload(dissection.Packet, packet.IsCut, carrier, overUdp, payload, end);
        bool carries = claimed > 0 && !header.Has(TcpHeader.Rst);
        bool repeats = IsRepeat(direction, header, claimed);
        if (header.Has(TcpHeader.Syn))
        {
            direction.Begin(header.Sequence);
        }
        else if (!header.Has(TcpHeader.Rst))
        {
            direction.BeginAt(header.Sequence);
        }

        if (carries)
        {
            uint first = header.Has(TcpHeader.Syn) ? header.Sequence + 1 : header.Sequence;
            stream.Application ??= new StreamApplication(stream);
            stream.Application.Attach(packet, fromClient);
            direction.Take(first, dissection.Packet[payload..end], claimed, stream.Application.Accept);
        }

        long? handshake = Advance(stream, direction, header, fromClient, packet.Time);
        return new TcpSegmentFacts(stream, fromClient, repeats, stream.State, handshake);
    }

    private static bool IsRepeat(TcpStreamDirection direction, in TcpHeader header, int claimed)
    {
        bool synAgain = header.Has(TcpHeader.Syn) && direction.Packets > 1;
        bool finAgain = header.Has(TcpHeader.Fin) && direction.FinSeen;
        return synAgain || finAgain || direction.IsRepeat(header.Sequence, claimed);
    }

    private static int ClaimedPayload(ReadOnlySpan<byte> packet, bool isCut, in LayerEntry carrier, bool overUdp, int payload, int end)
    {
        // Only a cut packet had more bytes than are here; in a whole one a longer length is a lie.
        if (overUdp || !isCut)
        {
            return end - payload;
        }

        int claimedEnd = end;
        if (carrier.Protocol == ProtocolId.Ipv4)
        {
            Ipv4Header.TryRead(packet[carrier.Offset..], out Ipv4Header ip);
            claimedEnd = ip.TotalLength == 0 ? end : carrier.Offset + ip.TotalLength;
        }
        else
        {
            Ipv6Header.TryRead(packet[carrier.Offset..], out Ipv6Header ip);
            claimedEnd = ip.PayloadLength == 0 ? end : carrier.Offset + Ipv6Header.Size + ip.PayloadLength;
        }

        return Math.Max(end, claimedEnd) - payload;
    }

    private static long? Advance(TcpStream stream, TcpStreamDirection direction, in TcpHeader header, bool fromClient, long? time)
    {
        if (header.Has(TcpHeader.Rst))
        {
            stream.State = fromClient ? TcpSessionState.ResetByClient : TcpSessionState.ResetByServer;
            return null;
        }

        if (header.Has(TcpHeader.Syn))
        {
            stream.SynTime = fromClient ? stream.SynTime ?? time : stream.SynTime;
            stream.State = header.Has(TcpHeader.Ack) ? TcpSessionState.Answered : TcpSessionState.Opening;
            return null;
        }

        long? handshake = null;
        if (stream.State == TcpSessionState.Answered && fromClient && header.Has(TcpHeader.Ack))
        {
            stream.State = TcpSessionState.Established;
            handshake = time - stream.SynTime;
        }

        if (header.Has(TcpHeader.Fin))
        {
            direction.FinSeen = true;
            stream.State = (stream.ClientToServer.FinSeen, stream.ServerToClient.FinSeen) switch
            {
                (true, true) => TcpSessionState.Closed,
                (true, false) => TcpSessionState.ClosingByClient,
                _ => TcpSessionState.ClosingByServer,
            };
        }

        return handshake;
    }

    private TcpStream FindOrAdd(in FlowKey key, ReadOnlySpan<byte> packet, in LayerEntry carrier, in TcpHeader header)
    {
        bool opens = header.Has(TcpHeader.Syn) && !header.Has(TcpHeader.Ack);
        if (_current.TryGetValue(key, out TcpStream? stream))
        {
            // A SYN with another number than the one that opened the stream opens another.
            bool isNew = opens && stream.OpeningSequence != header.Sequence;
            if (!isNew)
            {
                return stream;
            }
        }

        bool isV4 = carrier.Protocol == ProtocolId.Ipv4;
        (int at, int size) = isV4 ? (carrier.Offset + 12, 4) : (carrier.Offset + 8, 16);
        var source = new TcpStreamEnd(AddressText.Ip(packet.Slice(at, size)), header.SourcePort);
        var destination = new TcpStreamEnd(AddressText.Ip(packet.Slice(at + size, size)), header.DestinationPort);
        bool sourceIsClient = !header.Has(TcpHeader.Syn | TcpHeader.Ack);
        stream = sourceIsClient ? new TcpStream(_all.Count, source, destination) : new TcpStream(_all.Count, destination, source);
        stream.ClientIsLow = key.SourceIsLow == sourceIsClient;
        stream.OpeningSequence = opens ? header.Sequence : null;
        _current[key] = stream;
        _all.Add(stream);
        return stream;
    }
}
