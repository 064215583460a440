using System.Net;
using System.Net.Sockets;

namespace NetLab.Host.Forwarding;

/// <summary>A target of datagrams: each connection has a socket of its own towards it, so that the target tells them apart.</summary>
internal sealed class DatagramTarget(ForwardSettings settings) : IForwardTarget
{
    /// <inheritdoc/>
    public Task<IForwardLeg> OpenAsync(string client, CancellationToken cancellationToken)
    {
        IPEndPoint remote = ForwardSettings.EndPointOf(settings.To);
        var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(remote);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new IOException($"{settings.To}: {error.Message}", error);
        }

        var leg = new DatagramLeg(remote, async (bytes, token) => await socket.SendAsync(bytes, SocketFlags.None, token).ConfigureAwait(false))
        {
            OnClosed = _ => socket.Dispose(),
        };
        _ = ReceiveAsync(socket, leg);
        return Task.FromResult<IForwardLeg>(leg);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task ReceiveAsync(Socket socket, DatagramLeg leg)
    {
        byte[] buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                leg.Receive(buffer.AsSpan(0, await socket.ReceiveAsync(buffer, SocketFlags.None).ConfigureAwait(false)));
            }
        }
        catch (SocketException error)
        {
            leg.End(new IOException(error.SocketErrorCode == SocketError.ConnectionRefused ? "nobody listens there" : error.Message, error));
        }
        catch (ObjectDisposedException)
        {
            // The connection is over.
            leg.End();
        }
    }
}
