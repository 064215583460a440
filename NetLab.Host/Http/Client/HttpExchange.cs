using NetLab.Host.Streams;

namespace NetLab.Host.Http.Client;

/// <summary>One request and its response on a byte stream of the lab, and the goodbyes.</summary>
internal static class HttpExchange
{
    /// <summary>Sends a request and hands its response on.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">How the stream is opened.</param>
    /// <param name="timeout">How long the server may be silent.</param>
    /// <param name="onResponse">Given the response, and what reads its body.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Nobody is there, or what comes is no HTTP.</exception>
    public static async Task RunAsync(
        HttpAddress address, HttpRequestMessage request, StreamOptions options, TimeSpan timeout, Func<HttpResponseMessage, Func<Memory<byte>, ValueTask<int>>, Task> onResponse, CancellationToken cancellationToken)
    {
        LabStream? stream = null;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(timeout);
        try
        {
            // A redirect is an answer too, and what is compressed is shown as it came.
            using var client = new HttpClient(new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                ConnectCallback = async (_, connecting) =>
                {
                    stream = await StreamConnector.ConnectAsync(address.Server, options, connecting).ConfigureAwait(false);
                    return stream.AsStream();
                },
            })
            {
                Timeout = Timeout.InfiniteTimeSpan,
            };
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            Stream body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            Func<Memory<byte>, ValueTask<int>> read = buffer =>
            {
                silence.CancelAfter(timeout);
                return body.ReadAsync(buffer, silence.Token);
            };
            await onResponse(response, read).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{address.Server}: no answer in time", error);
        }
        catch (HttpRequestException error)
        {
            throw new IOException(error.InnerException is IOException why ? why.Message : $"{address.Server}: {error.Message}", error);
        }
        finally
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
