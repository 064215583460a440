using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Tests.Http;

/// <summary><c>nlab serve</c> with an echo, and HTTP over NetLab's TCP and the kernel's; and clients of either.</summary>
public sealed partial class ServedLab : IAsyncLifetime
{
    private readonly TcpConnectionFactory _factory = new();
    private DirectoryInfo? _folder;
    private Nlab? _serve;

    /// <summary>Where somebody listens who never answers.</summary>
    public string Discard { get; private set; } = "";

    /// <summary>Where HTTP is served over NetLab's TCP.</summary>
    public string Tcp { get; private set; } = "";

    /// <summary>Where HTTP is served over the kernel's.</summary>
    public string KernelTcp { get; private set; } = "";

    public async Task InitializeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("nlab-http");
        string config = Path.Combine(_folder.FullName, "lab.json");
        await File.WriteAllTextAsync(config, """
            { "Lab": { "Services": [
                { "Kind": "echo", "Address": "tcp://127.0.0.1:0" },
                { "Kind": "discard", "Address": "tcp://127.0.0.1:0" },
                { "Kind": "http", "Address": "tcp://127.0.0.1:0" },
                { "Kind": "http", "Address": "kernel-tcp://127.0.0.1:0" } ] } }
            """);
        _serve = Nlab.Start(_folder.FullName, "serve", "--config", config);
        await _serve.Printed("http     kernel-tcp://127.0.0.1:");
        string[] addresses = [.. Address().Matches(_serve.OutputSoFar()).Select(m => m.Groups[1].Value)];
        (Discard, Tcp, KernelTcp) = (addresses[0], addresses[1], addresses[2]);
    }

    public Task DisposeAsync()
    {
        _serve?.Dispose();
        _folder?.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>.NET's own client, over one TCP or the other.</summary>
    /// <param name="transport">Which.</param>
    /// <param name="waits">Whether it asks again when it is told to wait (429), as changes are rationed.</param>
    public HttpClient Client(string transport, bool waits = true)
    {
        var address = new Uri(transport == "tcp" ? Tcp : KernelTcp);
        var to = new IPEndPoint(IPAddress.Loopback, address.Port);
        return new HttpClient(waits ? new PatientHandler { InnerHandler = Handler() } : Handler())
        {
            BaseAddress = new Uri($"http://127.0.0.1:{to.Port}"),
            Timeout = Patience,
        };

        SocketsHttpHandler Handler() => new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                if (transport == "tcp")
                {
                    return new TcpConnectionStream(await _factory.ConnectAsync(to, cancellationToken));
                }

                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(to, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
    }

    private sealed class PatientHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            while (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(response.Headers.RetryAfter!.Delta!.Value, cancellationToken);
                response = await base.SendAsync(request, cancellationToken);
            }

            return response;
        }
    }

    [GeneratedRegex(@"(?:http|discard) +(\S+)")]
    private static partial Regex Address();
}
