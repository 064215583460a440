using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Receiving;

/// <summary>
/// Datagrams that arrived together (a GRO batch): the first is treated as any other, and what continues it, differing in nothing but its
/// number and its bytes, is taken by a comparison of headers. A test holds that this comes to the same as one by one.
/// </summary>
internal sealed class BulkReceive(Receiver receiver, EcnDataReceiver marks, ConnectionStatistics statistics)
{
    /// <summary>Takes as many datagrams as continue one and nothing else.</summary>
    /// <param name="now">When they were received.</param>
    /// <param name="first">The datagram before them, whose text was next and has been taken.</param>
    /// <param name="rest">They, back to back, of the first one's size; the last may be shorter.</param>
    /// <param name="acknowledgment">The only ACK field that says nothing new.</param>
    /// <param name="ecn">The ECN field of their IP headers, other than CE.</param>
    /// <param name="last">Bytes of payload of the last one taken.</param>
    /// <returns>How many bytes of them were taken, headers included.</returns>
    public int Receive(Instant now, ReadOnlySpan<byte> first, ReadOnlySpan<byte> rest, SequenceNumber acknowledgment, EcnCodepoint ecn, out int last)
    {
        last = 0;
        if (!receiver.IsInOrder || !HeaderPrediction.TryMake(first, out HeaderPrediction prediction)
            || prediction.Next != receiver.Acknowledgment || prediction.Acknowledgment != acknowledgment)
        {
            return 0;
        }

        int taken = 0;
        SequenceNumber expected = prediction.Next;
        while (true)
        {
            ReadOnlySpan<byte> datagram = rest.Slice(taken, Math.Min(first.Length, rest.Length - taken));
            int length = datagram.Length - prediction.HeaderLength;
            if (!prediction.Matches(datagram, expected) || !receiver.HasRoomFor(length) || InternetChecksum.OfSegment(datagram) != 0)
            {
                return taken;
            }

            receiver.ReceiveNext(now, datagram[prediction.HeaderLength..]);
            marks.OnReceivedMore(ecn, length);
            statistics.SegmentsReceived++;
            statistics.BytesReceived += length;
            expected = expected.Add(length);
            taken += datagram.Length;
            last = length;
        }
    }
}
