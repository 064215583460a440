using System.Net;
using NetLab.Host.Commands;
using NetLab.Host.Flows;
using NetLab.Osi.Captures;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Http;

/// <summary>The ladder of an exchange, of the segments that were seen at the client: handshake, request, response and FINs.</summary>
internal sealed class HttpLadder
{
    private const int EthernetLinkType = 1;
    private const int Most = 10_000;

    private readonly IPEndPoint _client = new(IPAddress.Loopback, 0);
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly List<(Instant At, byte[] Packet)> _packets = [];
    private int _segments;

    /// <summary>Sees a datagram; on the endpoint's thread.</summary>
    public void See(Instant at, ReadOnlySpan<byte> datagram, DatagramAddress peer, bool sent)
    {
        if (_segments++ < Most)
        {
            (IPEndPoint from, IPEndPoint to) = sent ? (_client, peer.ToIPEndPoint()) : (peer.ToIPEndPoint(), _client);
            _packets.Add((at, PacketBuilder.Tcp(from, to, datagram, sent)));
        }
    }

    /// <summary>Draws it, once the exchange is over.</summary>
    public IEnumerable<string> Draw()
    {
        var recording = new MemoryStream();
        using (var writer = new PcapngWriter(recording))
        {
            writer.AddInterface(EthernetLinkType, "client");

            // What arrived while something was being sent is seen after that, and was there before it.
            foreach ((Instant at, byte[] packet) in _packets.OrderBy(p => p.At.Ticks))
            {
                writer.Write(0, _clock.ToWallClock(at), packet);
            }
        }

        using CaptureReader reader = CaptureReader.Open(new MemoryStream(recording.ToArray()));
        foreach (string line in FlowLadder.Draw(new FlowReader(ConversationName.Parse("0"), Most).Read(reader)))
        {
            yield return line;
        }

        if (_segments > Most)
        {
            yield return $"… {_segments - Most} more segments";
        }
    }
}
