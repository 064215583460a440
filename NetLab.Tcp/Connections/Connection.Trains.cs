using System.Buffers.Binary;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <content>
/// Trains: datagrams that arrive or leave together. The first of them is treated as any other; what follows it in a bulk transfer
/// differs in nothing but its number and its bytes, and is taken by a comparison of headers (header prediction, as Van Jacobson
/// did it) and sent by a template. Tests hold that this comes to the same as one by one.
/// </content>
public sealed partial class Connection
{
    private const int HeaderWithTimestamps = SegmentHeader.MinSize + Handshake.TimestampOptionBytes;

    // An acknowledgment that takes longer is not waited for: the path would be idle meanwhile.
    private static readonly TimeSpan ShortRoundTrip = TimeSpan.FromMilliseconds(1);

    // Whether the latest segment brought text that was next: what was refused, such as one with an old timestamp, leads no train.
    private bool _hasAdvanced;
    private bool _moreToCome;

    /// <summary>Takes as many of the datagrams behind one as continue it and nothing else.</summary>
    /// <param name="now">When the socket received them.</param>
    /// <param name="leader">The datagram before them, which has just been received.</param>
    /// <param name="followers">They, back to back.</param>
    /// <param name="ecn">The ECN field of their IP headers.</param>
    /// <returns>How many bytes of them were taken; whole datagrams of the leader's size, or the last, shorter one.</returns>
    internal int ReceiveFollowers(Instant now, ReadOnlySpan<byte> leader, ReadOnlySpan<byte> followers, EcnCodepoint ecn)
    {
        // Only where the ACK field can say nothing: this side has nothing outstanding.
        if (!_hasAdvanced || State != ConnectionState.Established || ClosedByApplication || _observation is not null || _sender.HasUnacknowledged
            || ecn == EcnCodepoint.Ce || !_receiver.IsInOrder || !IsOrdinary(leader, out int headerLength))
        {
            return 0;
        }

        uint expected = _receiver.Acknowledgment.Value;
        if (unchecked(SequenceOf(leader) + (uint)(leader.Length - headerLength)) != expected
            || BinaryPrimitives.ReadUInt32BigEndian(leader[8..]) != _sender.Wrap(_sender.Unacknowledged).Value)
        {
            return 0;
        }

        int taken = 0;
        int last = 0;
        while (true)
        {
            ReadOnlySpan<byte> datagram = followers.Slice(taken, Math.Min(leader.Length, followers.Length - taken));
            int length = datagram.Length - headerLength;
            if (length <= 0 || !Continues(leader, datagram, headerLength) || SequenceOf(datagram) != expected || !_receiver.HasRoomFor(length)
                || InternetChecksum.OfSegment(datagram) != 0)
            {
                break;
            }

            _receiver.ReceiveNext(now, datagram[headerLength..]);
            _marks.OnReceivedMore(ecn, length);
            Statistics.SegmentsReceived++;
            Statistics.BytesReceived += length;
            expected = unchecked(expected + (uint)length);
            taken += datagram.Length;
            last = length;
        }

        if (taken > 0)
        {
            _arrival.Acknowledgments.NoteWindow(_receiver.Next - last, _sender.Unacknowledged);
            _keepAlive.OnHeard(now, State);
        }

        return taken;
    }

    // What follows a full segment of new data are mostly more of them, in batches of dozens: their headers differ in the sequence
    // number alone. Whatever is not quite so ordinary is left to the loop that plans one by one.
    private int WriteRun(Instant now, Span<byte> buffer, int most, in SegmentHeader first, in SegmentPlan plan, EcnCodepoint ecn)
    {
        int length = _sender.FullLength;
        bool isOrdinary = IsOrdinary(plan) && !plan.IsPush && plan.Length == length
            && first.Options is { Sack.Count: 0, AccurateEcn: null } && first.Flags == (SegmentFlags.Ack | _marks.Flags) && _receiver.Policy.Owed == 0 && ecn == (_ecn.MaySendEct ? EcnCodepoint.Ect0 : EcnCodepoint.NotEct);
        int size = SegmentWriter.SizeOf(first.Options) + length;
        int count = isOrdinary ? _sender.TakeRun(now, Math.Min(most, buffer.Length / size)) : 0;
        if (count == 0)
        {
            return 0;
        }

        var template = new SegmentTemplate(first, length, stackalloc byte[SegmentHeader.MaxSize]);
        long offset = plan.End;
        for (int i = 0; i < count; i++)
        {
            Span<byte> segment = buffer.Slice(i * size, size);
            SequenceNumber sequence = _sender.Wrap(offset);
            template.Write(segment, sequence, _sender.Buffer.CopyTo(offset, segment[template.Size..]));
            _observation?.OnSent(first with { Sequence = sequence }, SegmentPurpose.New, new Transmission(_sender.NextTransmission + i, 1, offset, offset + length, length));
            offset += length;
        }

        Statistics.SegmentsSent += count;
        _sender.CommitRun(now, count);
        return count;
    }

    // The last of what is written waits until it makes a whole batch, if more is going to be written: a batch costs about the same however
    // much is in it. Only while another is on its way, of two segments at least, so that an acknowledgment comes at once and is not a
    // delayed one.
    private bool WaitsForMore(in SegmentPlan plan, int room, int maxSegments)
    {
        if (!_moreToCome || _sender.FinQueued || !IsOrdinary(plan))
        {
            return false;
        }

        int batch = Math.Min(maxSegments, room / (SegmentHeader.MinSize + _sender.SegmentSize)) * _sender.FullLength;
        return _sender.Unsent < batch && _sender.InFlight >= Math.Max(batch, 2 * _sender.FullLength) && _sender.RoundTrip.Smoothed < ShortRoundTrip;
    }

    // New data and nothing else.
    private static bool IsOrdinary(in SegmentPlan plan) =>
        plan is { Index: < 0, IsSyn: false, IsFin: false, IsWindowProbe: false, IsTailProbe: false, IsMtuProbe: false };

    // ACK, perhaps PSH, with no options but timestamps.
    private static bool IsOrdinary(ReadOnlySpan<byte> segment, out int headerLength)
    {
        headerLength = (segment[12] >> 4) * 4;
        return (segment[13] & ~(int)SegmentFlags.Psh) == (int)SegmentFlags.Ack
            && (headerLength == SegmentHeader.MinSize
                || (headerLength == HeaderWithTimestamps && SegmentReader.HasAlignedTimestamps(segment[SegmentHeader.MinSize..])));
    }

    private static uint SequenceOf(ReadOnlySpan<byte> segment) => BinaryPrimitives.ReadUInt32BigEndian(segment[4..]);

    // Everything but number, checksum and PSH is the same.
    private static bool Continues(ReadOnlySpan<byte> leader, ReadOnlySpan<byte> segment, int headerLength)
    {
        const uint NotPush = ~((uint)SegmentFlags.Psh << 16);
        return segment[..4].SequenceEqual(leader[..4])
            && segment.Slice(8, 4).SequenceEqual(leader.Slice(8, 4))
            && ((BinaryPrimitives.ReadUInt32BigEndian(segment[12..]) ^ BinaryPrimitives.ReadUInt32BigEndian(leader[12..])) & NotPush) == 0
            && segment[18..headerLength].SequenceEqual(leader[18..headerLength]);
    }
}
