using System.Net;
using System.Net.Sockets;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Backends;

/// <summary>
/// One look at a backend. Of a stream: it accepts a connection, and answers a request where a path is said. Of datagrams: its port does not refuse an empty
/// one, as UDP has no other word.
/// </summary>
/// <param name="check">What is checked.</param>
/// <param name="streams">How streams are opened.</param>
internal sealed class HealthProbe(HealthCheck check, StreamOptions streams)
{
    /// <summary>Whether a backend is well.</summary>
    public async Task<bool> IsWellAsync(LabAddress address, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(check.Timeout);
        try
        {
            return address.IsStream ? await AcceptsAsync(address, late.Token).ConfigureAwait(false) : await DoesNotRefuseAsync(address, late.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or HttpRequestException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    private async Task<bool> AcceptsAsync(LabAddress address, CancellationToken cancellationToken)
    {
        LabStream stream = await StreamConnector.ConnectAsync(address, streams, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            if (check.Path is null)
            {
                return true;
            }

            using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectCallback = (_, _) => ValueTask.FromResult(stream.AsStream()) });
            string host = address.Host.Contains(':', StringComparison.Ordinal) ? $"[{address.Host}]" : address.Host;
            using HttpResponseMessage response = await client.GetAsync(
                new Uri($"http://{host}:{address.Port}{check.Path}"), HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return (int)response.StatusCode < 400;
        }
    }

    private static async Task<bool> DoesNotRefuseAsync(LabAddress address, CancellationToken cancellationToken)
    {
        var remote = new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
        using var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(Array.Empty<byte>(), cancellationToken).ConfigureAwait(false);
        try
        {
            await socket.ReceiveAsync(new byte[1], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException || (error is SocketException { SocketErrorCode: SocketError.MessageSize }))
        {
            // Silence, or an answer of whatever length.
        }

        return true;
    }
}
