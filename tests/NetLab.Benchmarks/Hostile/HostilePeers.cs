using System.Net;
using System.Net.Sockets;
using NetLab.Tcp.Segments;

namespace NetLab.Benchmarks.Hostile;

/// <summary>
/// Connections that cost their peer memory and themselves none, made of segments by hand: each completes the handshake and then sends a
/// window of single bytes out of order, or bytes for an echo whose answer it takes none of, or nothing.
/// </summary>
/// <param name="servers">Who is attacked, in turns.</param>
/// <param name="kind">0 for those that send single bytes, 1 for those that ask an echo, 2 for those that say nothing; null for all in turns.</param>
internal sealed class HostilePeers(IReadOnlyList<IPEndPoint> servers, int? kind = null)
{
    private const int PerSocket = 20_000;
    private const int EarlySegments = 63;
    private const int Waiting = 512;

    private static readonly byte[] Window = new byte[1400];

    /// <summary>Handshakes that were completed.</summary>
    public int Completed { get; private set; }

    /// <summary>Datagrams that were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Opens so many, one after another, on the thread of the caller.</summary>
    public void Open(int count, CancellationToken cancellationToken)
    {
        byte[] received = new byte[1 << 16];
        var sockets = new List<Socket>();
        try
        {
            for (int begun = 0; begun < count && !cancellationToken.IsCancellationRequested;)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20 };
                socket.Connect(servers[sockets.Count % servers.Count]);
                sockets.Add(socket);
                int own = Math.Min(PerSocket, count - begun);
                for (int first = 0; first < own && !cancellationToken.IsCancellationRequested; first += Waiting)
                {
                    int some = Math.Min(Waiting, own - first);
                    for (int i = 0; i < some; i++)
                    {
                        Send(socket, new SegmentHeader
                        {
                            SourcePort = (ushort)(1 + first + i),
                            DestinationPort = (ushort)((IPEndPoint)socket.RemoteEndPoint!).Port,
                            Flags = SegmentFlags.Syn,
                            Window = 65_535,
                            Options = new SegmentOptions { MaxSegmentSize = 1400, WindowScale = 7 },
                        }, []);
                    }

                    Answer(socket, some, received);
                }

                begun += own;
            }
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    private void Answer(Socket socket, int expected, byte[] received)
    {
        // What else comes meanwhile is not looked at; and who gets no answer in time has been refused.
        for (int answered = 0; answered < expected;)
        {
            int length;
            try
            {
                length = socket.Receive(received);
            }
            catch (SocketException)
            {
                return;
            }

            if (!SegmentReader.TryRead(received.AsSpan(0, length), out Segment segment, out _) || !segment.Header.Has(SegmentFlags.Syn))
            {
                continue;
            }

            answered++;
            Completed++;
            var header = new SegmentHeader
            {
                SourcePort = segment.Header.DestinationPort,
                DestinationPort = segment.Header.SourcePort,
                Flags = SegmentFlags.Ack,
                Sequence = segment.Header.Acknowledgment,
                Acknowledgment = segment.Header.Sequence.Add(1),

                // No room at all: what the server has to say stays with it.
                Window = 0,
            };
            Send(socket, header, []);
            switch (kind ?? Completed % 3)
            {
                case 0:
                    for (int i = 1; i <= EarlySegments; i++)
                    {
                        Send(socket, header with { Sequence = header.Sequence.Add(i * 1000) }, Window.AsSpan(0, 1));
                    }

                    break;
                case 1:
                    for (int i = 0; i < 8; i++)
                    {
                        Send(socket, header with { Sequence = header.Sequence.Add(i * Window.Length) }, Window);
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private void Send(Socket socket, SegmentHeader header, ReadOnlySpan<byte> payload)
    {
        Span<byte> datagram = stackalloc byte[SegmentWriter.SizeOf(header.Options) + payload.Length];
        payload.CopyTo(datagram[^payload.Length..]);
        SegmentWriter.Write(datagram, header);
        try
        {
            socket.Send(datagram);
            Sent++;
        }
        catch (SocketException)
        {
            // Nobody listens there any more: the run finds out.
        }
    }
}
