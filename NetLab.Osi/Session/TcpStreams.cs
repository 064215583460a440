using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Session;

/// <summary>The TCP streams of a capture: which a segment belongs to, and what it does there.</summary>
internal sealed class TcpStreams
{
    // A capture of a day has millions of connections; only these many are followed at once, the others keep their sums.
    private const int MaxFollowed = 1 << 13;

    // And of so many more, the sums are kept until the end of the capture.
    private const int MaxRetired = 1 << 15;

    private readonly Dictionary<FlowKey, TcpStream> _current = [];
    private readonly Queue<TcpStream> _order = new();
    private readonly Queue<TcpStream> _retired = new();
    private readonly HashPool _hashes = new();
    private readonly SegmentRoom _room = new();
    private readonly StreamMemory _memory;
    private readonly StreamOptions _options;
    private readonly TcpSegmentFacts _further = new();
    private int _count;

    public TcpStreams(StreamOptions options)
    {
        _options = options;
        _memory = new StreamMemory(() => _order);
    }

    /// <summary>The streams that were not handed over before, in the order of their first packets.</summary>
    public IEnumerable<TcpStream> All => _retired.Concat(_order).OrderBy(s => s.Number);

    /// <summary>Gives the streams that are found from here on numbers from this one on.</summary>
    public void NumberFrom(int first) => _count = first;

    /// <summary>Takes a segment: says what it means in its conversation, and takes apart what it brings in order.</summary>
    /// <param name="dissection">The packet, all of whose layers up to the segment were found.</param>
    /// <param name="pending">Where the segment is.</param>
    public void Take(in Dissection dissection, in PendingSegment pending)
    {
        LayerEntry entry = dissection.Result.Entries[pending.Index];
        (int offset, int payload, int end, int claimed) = (entry.Offset, entry.PayloadOffset, pending.PayloadEnd, pending.Claimed);
        TcpHeader.TryRead(dissection.Bytes[offset..], out TcpHeader header);
        if (!FlowKey.TryMake(dissection, pending.Index, header.SourcePort, header.DestinationPort, pending.Outer, out FlowKey key, out bool isV4))
        {
            // No addresses carry it, so that it belongs to no conversation.
            dissection.Data(OsiLayer.Application, payload, end);
            return;
        }

        bool isSyn = header.Has(TcpHeader.Syn);
        bool isReset = header.Has(TcpHeader.Rst);
        TcpStream stream = FindOrAdd(key, isV4, header, out bool isReused);
        bool fromClient = key.SourceIsLow == stream.ClientIsLow;
        (TcpStreamDirection direction, TcpStreamDirection reverse) = fromClient
            ? (stream.ClientToServer, stream.ServerToClient)
            : (stream.ServerToClient, stream.ClientToServer);
        direction.Packets++;
        direction.WireBytes += dissection.Result.OriginalLength;
        bool isRestart = header.Has(TcpHeader.Syn | TcpHeader.Ack) && direction.BaseSequence is { } began && began != header.Sequence;
        if (isRestart)
        {
            Restart(stream, direction, header, fromClient);
        }

        direction.NoteSequence(header.Sequence, isSyn);
        if (header.Has(TcpHeader.Ack))
        {
            reverse.Acknowledge(header.Acknowledgment);
        }

        // Of several segments in one packet, the first says where the packet stands; what stands out about any of them counts.
        TcpSegmentFacts? first = dissection.Result.FactsAs<TcpSegmentFacts>();
        TcpSegmentFacts facts = first is null ? dissection.Result.BeginFacts<TcpSegmentFacts>() : _further;
        facts.Reset();
        dissection.Result.TcpStreamNumber = stream.Number;
        (facts.Stream, facts.FromClient, facts.Client, facts.Server) = (stream, fromClient, stream.Client, stream.Server);
        facts.IsRetransmission = IsRepeat(direction, header, claimed);
        facts.RelativeSequence = unchecked(header.Sequence - direction.BaseSequence!.Value);
        facts.RelativeAcknowledgment = header.Has(TcpHeader.Ack) && reverse.BaseSequence is { } other ? unchecked(header.Acknowledgment - other) : 0;
        ReadOnlySpan<byte> tcpOptions = dissection.Bytes[Math.Min(payload, offset + TcpHeader.MinSize)..payload];
        if (dissection.Result.Time is { } time)
        {
            stream.LastTime = time;
            direction.Analysis ??= new TcpAnalysis();
            reverse.Analysis ??= new TcpAnalysis();
            facts.Analysis = isReused || isRestart ? TcpAnalysisFlags.PortsReused : TcpAnalysisFlags.None;
            var analyzed = new AnalyzedSegment(header, claimed, time, dissection.Result.Number);
            direction.Analysis.Take(reverse.Analysis, analyzed, tcpOptions, stream.RoundTrip, _room, facts);
            LearnRoundTrip(stream, header, time);
        }

        facts.HandshakeRoundTrip = Advance(stream, direction, header, fromClient, dissection.Result.Time);
        facts.InitialRoundTrip = stream.RoundTrip;
        facts.State = stream.State;
        if (first is null)
        {
            dissection.Add(TcpSession.Value, offset, 0, offset);
        }
        else
        {
            first.Analysis |= facts.Analysis;
            first.IsRetransmission |= facts.IsRetransmission;
            first.State = facts.State;
        }

        if (isSyn)
        {
            direction.Begin(header.Sequence);
        }
        else if (!isReset)
        {
            direction.BeginAt(header.Sequence);
        }

        if (isReset)
        {
            dissection.Data(OsiLayer.Application, payload, end);
            return;
        }

        uint begin = isSyn ? header.Sequence + 1 : header.Sequence;
        Deliver(dissection, stream, direction, fromClient, begin, payload, end, claimed, header.Has(TcpHeader.Fin));
    }

    private void Deliver(
        in Dissection dissection, TcpStream stream, TcpStreamDirection direction, bool fromClient, uint first, int payload, int end, int claimed, bool isFin)
    {
        if (isFin)
        {
            direction.EndAt(unchecked(first + (uint)claimed));
        }

        if (claimed == 0 && !direction.IsComplete && direction.Hole == 0)
        {
            return;
        }

        StreamApplication application = stream.Application ??= new StreamApplication(_options);
        var segment = new StreamSegment(dissection, stream, application, _memory, fromClient, payload, end, isCut: claimed > end - payload);
        int before = dissection.Result.Count;
        HashPool? pool = _options.HashStreams ? _hashes : null;
        ReadOnlySpan<byte> bytes = claimed > 0 ? direction.Take(first, dissection.Bytes[payload..end], claimed, pool, segment) : default;
        while (true)
        {
            if (!bytes.IsEmpty)
            {
                _options.StreamBytes?.Invoke(stream, fromClient, bytes);
                application.Accept(segment, bytes);
            }

            if (direction.TryTakePending(out byte[] waited, pool, segment))
            {
                bytes = waited;
                continue;
            }

            long missing = direction.Hole;
            if (missing == 0)
            {
                break;
            }

            direction.Skip(missing, _hashes);
            _options.StreamHole?.Invoke(stream, fromClient, missing);
            application.Skip(segment, missing);
            bytes = default;
        }

        if (direction.IsComplete)
        {
            application.End(segment);
            direction.End(_hashes);
            if (stream.State == TcpSessionState.Closed)
            {
                _memory.Release(stream, stream.Held);
            }
        }

        if (dissection.Result.Count == before && payload < end)
        {
            application.ShowPart(segment);
        }
    }

    // As Wireshark has it: from the last SYN to the first segment behind the handshake, whoever sends it.
    private static void LearnRoundTrip(TcpStream stream, in TcpHeader header, long time)
    {
        bool isSyn = header.Has(TcpHeader.Syn);
        bool isAck = header.Has(TcpHeader.Ack);
        if (isSyn && !isAck && stream.RoundTrip is null)
        {
            stream.LastSynTime = time;
        }
        else if (!isSyn && isAck)
        {
            stream.RoundTrip ??= time - stream.LastSynTime;
        }
    }

    // A SYN_ACK whose number is not the one that was seen in its direction: if no byte was taken, what was seen was no part
    // of the connection; else what follows need not go on where the bytes ended.
    private static void Restart(TcpStream stream, TcpStreamDirection direction, in TcpHeader header, bool fromClient)
    {
        if (direction.Restart(header.Sequence))
        {
            stream.State = TcpSessionState.Opening;
            stream.Application?.Restart(fromClient);
        }
        else
        {
            stream.Application?.Resume(fromClient);
        }
    }

    private static bool IsRepeat(TcpStreamDirection direction, in TcpHeader header, int claimed)
    {
        bool synAgain = header.Has(TcpHeader.Syn) && direction.Packets > 1;
        bool finAgain = header.Has(TcpHeader.Fin) && direction.FinSeen;
        return synAgain || finAgain || direction.IsRepeat(header.Sequence, claimed);
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
            // A repeated one takes nothing back.
            TcpSessionState to = header.Has(TcpHeader.Ack) ? TcpSessionState.Answered : TcpSessionState.Opening;
            stream.SynTime = fromClient ? stream.SynTime ?? time : stream.SynTime;
            stream.State = to > stream.State ? to : stream.State;
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
            stream.State = stream.State >= TcpSessionState.ResetByClient ? stream.State : (stream.ClientToServer.FinSeen, stream.ServerToClient.FinSeen) switch
            {
                (true, true) => TcpSessionState.Closed,
                (true, false) => TcpSessionState.ClosingByClient,
                _ => TcpSessionState.ClosingByServer,
            };
        }

        return handshake;
    }

    private TcpStream FindOrAdd(in FlowKey key, bool isV4, in TcpHeader header, out bool isReused)
    {
        isReused = false;
        bool opens = header.Has(TcpHeader.Syn) && !header.Has(TcpHeader.Ack);
        bool answers = header.Has(TcpHeader.Syn | TcpHeader.Ack);
        if (_current.TryGetValue(key, out TcpStream? stream))
        {
            // A SYN with another number than its direction began with opens another stream.
            TcpStreamDirection direction = key.SourceIsLow == stream.ClientIsLow ? stream.ClientToServer : stream.ServerToClient;
            isReused = opens && direction.BaseSequence is { } first && first != header.Sequence;
            if (!isReused)
            {
                if (opens)
                {
                    direction.Analysis?.BeginAgain();
                }

                ClientWitness witness = opens ? ClientWitness.Syn : answers ? ClientWitness.SynAck : ClientWitness.FirstPacket;
                if (witness > stream.Witness)
                {
                    stream.Witness = witness;
                    bool clientIsLow = opens ? key.SourceIsLow : !key.SourceIsLow;
                    if (stream.ClientIsLow != clientIsLow)
                    {
                        stream.Swap();
                    }
                }

                return stream;
            }
        }

        var low = new TcpStreamEnd(key.LowAddress, isV4, key.LowPort);
        var high = new TcpStreamEnd(key.HighAddress, isV4, key.HighPort);
        bool isLow = key.SourceIsLow != answers;
        stream = isLow ? new TcpStream(_count, key, low, high) : new TcpStream(_count, key, high, low);
        stream.ClientIsLow = isLow;
        stream.Witness = opens ? ClientWitness.Syn : answers ? ClientWitness.SynAck : ClientWitness.FirstPacket;
        _current[key] = stream;
        _order.Enqueue(stream);
        _count++;
        LetGo();
        return stream;
    }

    // The stream first in line is let go of. An open one that was seen later than the next in line goes to its end instead;
    // a few at a time, so that a capture of open streams alone does not turn the whole line with every packet.
    private void LetGo()
    {
        int looked = 0;
        while (_order.Count > MaxFollowed)
        {
            TcpStream stream = _order.Dequeue();
            bool isCurrent = _current.TryGetValue(stream.Key, out TcpStream? current) && current == stream;
            bool isDone = stream.State >= TcpSessionState.Closed;
            if (isCurrent && !isDone && looked++ < 16 && stream.LastTime > _order.Peek().LastTime)
            {
                _order.Enqueue(stream);
                continue;
            }

            _memory.Release(stream, stream.Held);
            stream.Retire(_hashes, _room);
            _retired.Enqueue(stream);
            if (isCurrent)
            {
                _current.Remove(stream.Key);
            }

            if (_retired.Count > MaxRetired)
            {
                TcpStream oldest = _retired.Dequeue();
                _options.StreamEnded?.Invoke(oldest);
            }
        }
    }
}
