using System.Net;
using System.Net.Sockets;

namespace NetLab.Udp.Sockets;

/// <summary>A datagram to oneself: the one wake-up that every system's select understands.</summary>
internal sealed class DatagramWaker : Waker
{
    public DatagramWaker()
    {
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            Socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Socket.Connect(Socket.LocalEndPoint!);
            Socket.Blocking = false;
        }
        catch
        {
            Socket.Dispose();
            throw;
        }
    }

    /// <summary>What select is asked about.</summary>
    public Socket Socket { get; }

    /// <inheritdoc/>
    public override int Descriptor => (int)Socket.SafeHandle.DangerousGetHandle();

    /// <inheritdoc/>
    public override bool TryWake()
    {
        try
        {
            return Socket.Send([0]) == 1;
        }
        catch (SocketException)
        {
            // No memory for it, or a packet filter: nothing was sent.
            return false;
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended: nobody is left to be woken.
            return true;
        }
    }

    /// <inheritdoc/>
    public override void Drain()
    {
        Span<byte> scratch = stackalloc byte[1];
        try
        {
            Socket.Receive(scratch);
        }
        catch (SocketException)
        {
            // Nothing there, or an error that an earlier datagram left behind: it has been taken by that.
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => Socket.Dispose();
}
