using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>Segments out, in the order of precedence: resets, the handshake's report of marks, the stream, a keep-alive probe, a bare acknowledgment.</summary>
internal sealed class Transmitter
{
    private readonly Connection _connection;
    private readonly ConnectionStatistics _statistics;
    private readonly Sender _sender;
    private readonly Receiver _receiver;
    private readonly EcnNegotiation _ecn;
    private readonly KeepAlive _keepAlive;
    private readonly PendingResets _resets;
    private readonly SegmentBuilder _builder;
    private readonly BulkSend _bulk;
    private readonly BatchFill _fill;

    /// <summary>Sets it up for a connection.</summary>
    public Transmitter(Connection connection, ConnectionParts parts, PendingResets resets, SegmentBuilder builder)
    {
        (_connection, _statistics, _resets, _builder) = (connection, connection.Statistics, resets, builder);
        (_sender, _receiver, _ecn, _keepAlive) = (parts.Sender, parts.Receiver, parts.Ecn, parts.KeepAlive);
        _bulk = new BulkSend(_sender, _receiver, parts.Marks, builder, _statistics);
        _fill = new BatchFill(_sender);
    }

    /// <summary>Whether the application waits for room to write more.</summary>
    public bool MoreToCome
    {
        get => _fill.MoreToCome;
        set => _fill.MoreToCome = value;
    }

    /// <summary>Writes the segments that may be sent now.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="buffer">Where they go.</param>
    /// <param name="maxSegments">How many at most.</param>
    public TransmitResult Transmit(Instant now, Span<byte> buffer, int maxSegments)
    {
        if (_resets.TryTake(out SegmentHeader reset))
        {
            reset = _builder.Reset(now, reset);
            _connection.Observation?.OnSent(reset, SegmentPurpose.Control, default);
            return Single(buffer, reset);
        }

        if (_connection.State == ConnectionState.Closed)
        {
            return default;
        }

        if (_ecn.HandshakeReportDue && _receiver.Policy.Owed > 0)
        {
            return TransmitBare(now, buffer);
        }

        var batch = new TransmitBuffer(buffer, maxSegments);
        bool isHeldBack = false;
        while (!batch.IsFull && _connection.State != ConnectionState.TimeWait && _sender.TryChoose(now, out NextSegment next))
        {
            if (batch.IsEmpty && _fill.HoldsBack(next, buffer.Length, maxSegments))
            {
                isHeldBack = true;
                break;
            }

            if (!TryAppend(now, next, ref batch))
            {
                break;
            }
        }

        if (!batch.IsEmpty)
        {
            return batch.Result;
        }

        if (_connection.State != ConnectionState.TimeWait)
        {
            _sender.OnNothingToSend(now, isHeldBack);
        }

        return TransmitBare(now, buffer);
    }

    private bool TryAppend(Instant now, in NextSegment next, ref TransmitBuffer batch)
    {
        int transmissions = _sender.TransmissionsOf(next);
        bool reportsAll = true;
        SegmentHeader header = next.IsSyn
            ? _builder.Syn(now, isAnswer: _connection.State != ConnectionState.SynSent, isFirst: transmissions == 0)
            : _builder.Data(now, next, out reportsAll);
        int size = SegmentWriter.SizeOf(header.Options) + next.Length;
        EcnCodepoint ecn = _builder.EcnOf(next);
        if (!batch.Accepts(size, ecn))
        {
            return false;
        }

        _statistics.SegmentsSent++;
        _builder.Write(batch.Append(size, ecn), header, next);
        _connection.Observation?.OnSent(
            header, next.Purpose, new Transmission(_sender.NextTransmission, transmissions + 1, next.Start, next.End, next.Length));
        _sender.Commit(now, next, header.Options.Timestamps?.Value);
        if (next.Index < 0)
        {
            _connection.OnSentNew(now);
        }

        if (reportsAll)
        {
            _builder.OnAcknowledgmentSent(header);
        }

        if (!batch.IsFull)
        {
            _bulk.Append(now, ref batch, header, next, _connection.Observation);
        }

        return true;
    }

    private TransmitResult TransmitBare(Instant now, Span<byte> buffer)
    {
        if (_keepAlive.IsProbeDue)
        {
            _keepAlive.ClearProbe();
            SegmentHeader probe = _builder.KeepAliveProbe(now);
            _connection.Observation?.OnKeepAliveSent(probe);
            return Single(buffer, probe);
        }

        if (_receiver.Policy.Owed == 0)
        {
            return default;
        }

        SegmentHeader header = _builder.BareAcknowledgment(now);
        _builder.OnAcknowledgmentSent(header);
        _connection.Observation?.OnSent(header, SegmentPurpose.Control, default);
        return Single(buffer, header);
    }

    private TransmitResult Single(Span<byte> buffer, in SegmentHeader header)
    {
        int size = SegmentWriter.SizeOf(header.Options);
        _statistics.SegmentsSent++;
        _builder.Write(buffer[..size], header, default);
        return new TransmitResult(size, size);
    }
}
