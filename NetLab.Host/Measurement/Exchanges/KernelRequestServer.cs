using System.Net;
using System.Net.Sockets;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Exchanges;

/// <summary>
/// Answers one request a connection, by the kernel's TCP as it is: a thread that blocks. On a port of its own, as a socket that was
/// ever accepted from asynchronously is no yardstick any more.
/// </summary>
internal sealed class KernelRequestServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Socket _listener;
    private readonly KernelWait _wait;

    public KernelRequestServer(IPAddress address, bool polls)
    {
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(address, 0));
        _listener.Listen(PerfSettings.MaxStreams);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _wait = new KernelWait(polls);
        new Thread(Run) { IsBackground = true, Name = "requests" }.Start();
    }

    /// <summary>Requests answered so far.</summary>
    public long Answered { get; private set; }

    /// <summary>Where.</summary>
    public int Port { get; }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Run()
    {
        byte[] request = new byte[Message.Bytes.Length];
        while (true)
        {
            try
            {
                _wait.Wait(_listener);
                using Socket socket = _listener.Accept();
                Answer(socket, request);
                Answered++;
            }
            catch (SocketException error) when (error.SocketErrorCode is not (SocketError.OperationAborted or SocketError.Interrupted or SocketError.InvalidArgument or SocketError.NotSocket))
            {
                // That client's own affair, or too many files are open: the next one is served, a little later.
                Thread.Sleep(1);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Answer(Socket socket, byte[] request)
    {
        socket.NoDelay = true;
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        int length = 0;
        int read;
        while (length < request.Length && (read = _wait.Receive(socket, request.AsSpan(length))) > 0)
        {
            length += read;
        }

        socket.Send(request.AsSpan(0, length));
        socket.Shutdown(SocketShutdown.Send);
    }
}
