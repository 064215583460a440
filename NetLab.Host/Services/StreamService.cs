using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Services;

/// <summary>A service on byte streams: listens before the next service starts, serves each stream on its own.</summary>
internal sealed class StreamService(string kind, LabAddress address, StreamOptions options, ILogger<StreamService> logger)
    : BackgroundService, IBoundService
{
    private StreamListener? _listener;

    public LabAddress BoundAddress => _listener?.Address ?? address;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = StreamListener.Bind(address, options);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (_listener is not null)
        {
            await _listener.DisposeAsync().ConfigureAwait(false);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            LabStream stream;
            try
            {
                stream = await _listener!.AcceptAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException error)
            {
                // Such as too many open files: those who are served go on, and there may be room again later.
                logger.LogWarning("{Kind}: a stream could not be accepted: {Why}", kind, error.Message);
                await Task.Delay(100, stoppingToken).ConfigureAwait(false);
                continue;
            }

            // Not awaited: streams are served side by side, and what goes wrong with one stays with it.
            _ = ServeAsync(stream, stoppingToken);
        }
    }

    private async Task ServeAsync(LabStream stream, CancellationToken stoppingToken)
    {
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                await ServiceKinds.ServeAsync(kind, stream, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ConnectionAbortedException or ObjectDisposedException)
            {
                // The peer went away, or we do: an ordinary end of a conversation.
                stream.Abort();
            }
            catch (Exception error)
            {
                stream.Abort();
                logger.LogError(error, "{Kind}: a stream from {Peer} failed", kind, stream.RemoteEndPoint);
            }
        }
    }
}
