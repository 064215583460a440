using System.Net;
using System.Net.Sockets;
using NetLab.Host.Captures;
using NetLab.Osi.Captures;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Flows;

/// <summary>The ladder of a conversation, of the segments that were seen at one end: handshake, data and FINs.</summary>
internal sealed class SegmentLadder
{
    private const int EthernetLinkType = 1;
    private const int Most = 10_000;

    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly List<(Instant At, byte[] Segment, IPEndPoint Peer, bool Sent)> _segments = [];
    private int _leftOut;

    /// <summary>Sees a datagram; on the endpoint's thread, so that nothing is made of it yet.</summary>
    public void Take(Instant at, ReadOnlySpan<byte> datagram, DatagramAddress peer, bool sent)
    {
        if (_segments.Count == Most)
        {
            _leftOut++;
        }
        else if (SegmentReader.TryRead(datagram, out _, out _))
        {
            _segments.Add((at, datagram.ToArray(), peer.ToIPEndPoint(), sent));
        }
    }

    /// <summary>Draws it, once the exchange is over.</summary>
    /// <param name="columns">How wide a line may be.</param>
    public IEnumerable<string> Draw(int columns)
    {
        var recording = new MemoryStream();
        using (var writer = new PcapngWriter(recording))
        {
            writer.AddInterface(EthernetLinkType, "client");

            // What arrived while something was being sent is seen after that, and was there before it.
            foreach ((Instant at, byte[] segment, IPEndPoint peer, bool sent) in _segments.OrderBy(s => s.At.Ticks))
            {
                var client = new IPEndPoint(peer.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0);
                (IPEndPoint from, IPEndPoint to) = sent ? (client, peer) : (peer, client);
                writer.Write(0, _clock.ToWallClock(at), PacketBuilder.Tcp(from, to, segment, sent));
            }
        }

        using CaptureReader reader = CaptureReader.Open(new MemoryStream(recording.ToArray()));
        foreach (string line in FlowLadder.Draw(new FlowReader(ConversationName.Parse("0"), Most).Read(reader), columns))
        {
            yield return line;
        }

        if (_leftOut > 0)
        {
            yield return $"… {_leftOut} more segments";
        }
    }
}
