using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Output;

/// <summary>
/// Bulk segments: what follows a full segment of new data are mostly more of them, in batches of dozens, whose headers differ in the sequence
/// number alone. They are written by a template. Whatever is not quite so ordinary is left to the way one by one, and a test holds that
/// both come to the same.
/// </summary>
internal sealed class BulkSend(Sender sender, Receiver receiver, EcnDataReceiver marks, SegmentBuilder builder, ConnectionStatistics statistics)
{
    /// <summary>Writes as many full segments behind one as may be sent now.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="batch">Where they go, the first one written.</param>
    /// <param name="first">The header of that.</param>
    /// <param name="sent">What it carried.</param>
    /// <param name="observation">Notified of each; null for nobody.</param>
    public void Append(Instant now, ref TransmitBuffer batch, in SegmentHeader first, in NextSegment sent, Observation? observation)
    {
        int length = sender.FullLength;
        EcnCodepoint ecn = builder.EcnOfNewData;
        bool isOrdinary = sent.IsNewData && !sent.IsPush && sent.Length == length && receiver.Policy.Owed == 0
            && first.Options is { Sack.Count: 0, AccurateEcn: null } && first.Flags == (SegmentFlags.Ack | marks.Flags) && ecn == batch.Ecn;
        int size = SegmentWriter.SizeOf(first.Options) + length;
        int count = isOrdinary ? sender.CountBulk(now, batch.RoomFor(size)) : 0;
        if (count == 0)
        {
            return;
        }

        var template = new SegmentTemplate(first, length, stackalloc byte[SegmentHeader.MaxSize]);
        long offset = sent.End;
        for (int i = 0; i < count; i++)
        {
            Span<byte> segment = batch.Append(size, ecn);
            SequenceNumber sequence = sender.Stream.Wrap(offset);
            template.Write(segment, sequence, sender.Buffer.CopyTo(offset, segment[template.Size..]));
            observation?.OnSent(first with { Sequence = sequence }, SegmentPurpose.New, new Transmission(sender.NextTransmission + i, 1, offset, offset + length, length));
            offset += length;
        }

        statistics.SegmentsSent += count;
        sender.CommitBulk(now, count);
    }
}
