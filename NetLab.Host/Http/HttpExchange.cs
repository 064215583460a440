using NetLab.Host.Streams;

namespace NetLab.Host.Http;

/// <summary>One request and its response on a byte stream of the lab, and the goodbyes.</summary>
internal static class HttpExchange
{
    /// <summary>Sends a request and hands its response on.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">How the stream is opened.</param>
    /// <param name="onResponse">Given the response, whose body has not been read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Nobody is there, or what comes is no HTTP.</exception>
    public static async Task RunAsync(
        HttpAddress address, HttpRequestMessage request, StreamOptions options, Func<HttpResponseMessage, Task> onResponse, CancellationToken cancellationToken)
    {
        LabStream? stream = null;
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
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            await onResponse(response).ConfigureAwait(false);
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
