using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace NetLab.Host.Experiments.Real;

/// <summary>Learns a server's value: asks for it, or follows its changes.</summary>
/// <param name="handler">Connects to the server.</param>
/// <param name="server">Where that is.</param>
/// <param name="learn">Told of each value that came.</param>
internal sealed class UpdateClient(HttpMessageHandler handler, IPEndPoint server, Action<int> learn) : IDisposable
{
    private readonly HttpClient _http = new(handler, disposeHandler: false) { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}"), Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Asks once.</summary>
    public async Task AskAsync(CancellationToken cancellationToken) => Learn(await GetAsync("/value", cancellationToken).ConfigureAwait(false));

    /// <summary>Follows the changes until it is told to end; at once where the way is to ask.</summary>
    /// <param name="way">How.</param>
    /// <param name="known">Says which value is known.</param>
    /// <param name="isTalkative">Whether it answers the messages of a WebSocket.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task FollowAsync(UpdateWay way, Func<int> known, bool isTalkative, CancellationToken cancellationToken) => way switch
    {
        UpdateWay.Polling => Task.CompletedTask,
        UpdateWay.LongPolling => WaitAsync(known, cancellationToken),
        UpdateWay.Events => ReadAsync(cancellationToken),
        _ => ListenAsync(isTalkative, cancellationToken),
    };

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private Task<string> GetAsync(string path, CancellationToken cancellationToken) => _http.GetStringAsync(new Uri(path, UriKind.Relative), cancellationToken);

    private void Learn(string text) => learn(int.Parse(text, CultureInfo.InvariantCulture));

    private async Task WaitAsync(Func<int> known, CancellationToken cancellationToken)
    {
        while (true)
        {
            Learn(await GetAsync($"/next?known={known()}", cancellationToken).ConfigureAwait(false));
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await _http.GetStreamAsync(new Uri("/events", UriKind.Relative), cancellationToken).ConfigureAwait(false));
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                Learn(line[6..]);
            }
        }
    }

    private async Task ListenAsync(bool isTalkative, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await socket.ConnectAsync(new UriBuilder(_http.BaseAddress!) { Scheme = "ws", Path = "/socket" }.Uri, invoker, cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[64];
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
            if (isTalkative)
            {
                await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, true, cancellationToken).ConfigureAwait(false);
            }

            Learn(Encoding.ASCII.GetString(buffer, 0, received.Count));
        }
    }
}
