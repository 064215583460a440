using System.Net;
using System.Net.Sockets;
using NetLab.Host.Settings;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Streams;

/// <summary>Opens byte streams to an address, by NetLab's TCP or the kernel's.</summary>
internal static class StreamConnector
{
    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Refused, timed out, or not reachable; the message names the address.</exception>
    public static async Task<LabStream> ConnectAsync(LabAddress address, StreamOptions options, CancellationToken cancellationToken)
    {
        IPEndPoint remote = await address.ResolvePeerAsync(options.AllowRemote, cancellationToken).ConfigureAwait(false);
        try
        {
            return address.Transport switch
            {
                LabTransport.Tcp => await ConnectTcpAsync(address, remote, options, cancellationToken).ConfigureAwait(false),
                LabTransport.TunTcp or LabTransport.RawTcp => await ConnectTunAsync(address, remote, options, cancellationToken).ConfigureAwait(false),
                LabTransport.KernelTcp => await ConnectKernelAsync(remote, options, cancellationToken).ConfigureAwait(false),
                _ => throw new UsageException($"'{address}': a byte stream is tcp://, kernel-tcp://, tun-tcp:// or raw-tcp://"),
            };
        }
        catch (SocketException error) when (error.SocketErrorCode is not SocketError.OperationAborted)
        {
            string why = error.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "connection refused: nobody listens there",
                SocketError.TimedOut => "no answer in time",
                _ => error.Message,
            };
            throw new IOException($"{address}: {why}", error);
        }
    }

    private static async Task<LabStream> ConnectTcpAsync(LabAddress address, IPEndPoint remote, StreamOptions options, CancellationToken cancellationToken)
    {
        TcpEndpoint? endpoint = null;
        var any = new IPEndPoint(remote.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, options.LocalPort);
        endpoint = TcpEndpoint.Bind(any, options.ToEndpointOptions(() => Volatile.Read(ref endpoint)?.LocalEndPoint ?? any) with { Remote = remote, TakesAnyChecksum = address.TakesAnyChecksum });
        try
        {
            return new LabStream(await endpoint.ConnectAsync(remote, address.Port, null, cancellationToken).ConfigureAwait(false), endpoint);
        }
        catch
        {
            await endpoint.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<LabStream> ConnectTunAsync(LabAddress address, IPEndPoint remote, StreamOptions options, CancellationToken cancellationToken)
    {
        if (options.LocalPort != 0)
        {
            throw new UsageException($"'{address}': its port here is drawn at random");
        }

        TunLease lease = DeviceEndpoints.Connect(address, remote, options.ToTunOptions);
        try
        {
            return new LabStream(await lease.Endpoint.ConnectAsync(remote, options.ToTunConnectionOptions(), cancellationToken).ConfigureAwait(false), lease);
        }
        catch
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<LabStream> ConnectKernelAsync(IPEndPoint remote, StreamOptions options, CancellationToken cancellationToken)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        KernelSockets.Watch(socket, options.Timeout, options.KeepAlive);
        try
        {
            await socket.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
            return new LabStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
