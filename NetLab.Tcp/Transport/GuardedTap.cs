using System.Net;
using Microsoft.Extensions.Logging;
using NetLab.Tcp.Diagnostics;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <summary>
/// The tap of an endpoint, shown datagram by datagram. One that throws, such as a recording whose disk is full, is told nothing any
/// more: it ends the recording and not the connections. Used on the loop only, but for <see cref="Failure"/>.
/// </summary>
internal sealed class GuardedTap(DatagramTap? tap, ILogger logger, IPEndPoint local)
{
    private DatagramTap? _tap = tap;
    private volatile Exception? _failure;

    /// <summary>Whether somebody looks.</summary>
    public bool IsWatching => _tap is not null;

    /// <summary>What the tap threw; null as long as it has not.</summary>
    public Exception? Failure => _failure;

    /// <summary>Shows datagrams that passed together.</summary>
    /// <param name="at">When.</param>
    /// <param name="datagrams">They, back to back.</param>
    /// <param name="segmentSize">Bytes of each but the last, which may be shorter; 0 for an empty one.</param>
    /// <param name="peer">The other end.</param>
    /// <param name="sent">True when they went to the peer, false when they came from it.</param>
    public void Show(Instant at, ReadOnlySpan<byte> datagrams, int segmentSize, DatagramAddress peer, bool sent)
    {
        if (_tap is not { } tap)
        {
            return;
        }

        try
        {
            do
            {
                ReadOnlySpan<byte> datagram = datagrams[..Math.Min(segmentSize, datagrams.Length)];
                tap(at, datagram, peer, sent);
                datagrams = datagrams[datagram.Length..];
            }
            while (!datagrams.IsEmpty);
        }
        catch (Exception error)
        {
            _tap = null;
            _failure = error;
            TcpLog.TapFailed(logger, local, error);
        }
    }
}
