using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace NetLab.Benchmarks.Forwarding;

/// <summary>One stream of bytes of the kernel's TCP, as fast as it goes, and how many of them arrive: a thread that sends, and one that receives.</summary>
internal sealed class StreamLoad : IDisposable
{
    private const int Piece = 64 << 10;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Listens.</summary>
    public StreamLoad()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    /// <summary>Where it receives.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Sends by a port for a time, behind a moment that is not counted.</summary>
    /// <param name="port">Where to: its own, or that of a forwarder.</param>
    /// <param name="time">How long.</param>
    /// <returns>Bits a second that were received.</returns>
    public double Measure(int port, TimeSpan time)
    {
        var sender = new Thread(() => Send(port, WarmUp + time));
        sender.Start();
        using Socket socket = AcceptFirstThatSends();
        byte[] bytes = new byte[Piece * 4];
        long begun = Stopwatch.GetTimestamp();
        long from = 0;
        long counted = 0;
        int read;
        while ((read = socket.Receive(bytes)) > 0)
        {
            if (from != 0)
            {
                counted += read;
            }
            else if (Stopwatch.GetElapsedTime(begun) >= WarmUp)
            {
                from = Stopwatch.GetTimestamp();
            }
        }

        double seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        socket.Shutdown(SocketShutdown.Send);
        sender.Join();
        return counted * 8 / seconds;
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    // A forwarder that was asked whether it is there asks here in turn, and says nothing.
    private Socket AcceptFirstThatSends()
    {
        while (true)
        {
            Socket socket = _listener.Accept();
            if (socket.Receive(new byte[1]) > 0)
            {
                return socket;
            }

            socket.Dispose();
        }
    }

    private static void Send(int port, TimeSpan time)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, port);
        byte[] bytes = new byte[Piece];
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < time)
        {
            socket.Send(bytes);
        }

        socket.Shutdown(SocketShutdown.Send);
        while (socket.Receive(bytes) > 0)
        {
        }
    }
}
