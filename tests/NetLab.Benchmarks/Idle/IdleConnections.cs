using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;

namespace NetLab.Benchmarks.Idle;

/// <summary>
/// <c>idle [CONNECTIONS] [SECONDS]</c>: so many connections between two processes, each used once and then left alone but for
/// keepalive; what each costs on either side, and how many answer when the time is over.
/// </summary>
internal static class IdleConnections
{
    // Ephemeral ports towards one address are 16,384 (RFC 6335, 6); some stay free, so that one is found at once.
    private const int PerEndpoint = 15_000;
    private const int AtOnce = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TcpEndpointOptions Options = new()
    {
        Connection = new ConnectionOptions { KeepAlive = TimeSpan.FromMinutes(1) },
    };

    /// <summary>Runs it, or the half that is connected to.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["serve"])
        {
            await ServeAsync().ConfigureAwait(false);
            return 0;
        }

        int count = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100_000;
        int seconds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 300;
        using Process server = Process.Start(new ProcessStartInfo("dotnet", [typeof(IdleConnections).Assembly.Location, "idle", "serve"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        var to = new IPEndPoint(IPAddress.Loopback, int.Parse((await server.StandardOutput.ReadLineAsync().ConfigureAwait(false))!, CultureInfo.InvariantCulture));

        // The first makes what is made once.
        List<TcpEndpoint> endpoints = [.. Enumerable.Range(0, (count + PerEndpoint - 1) / PerEndpoint).Select(_ => TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0), Options with { Remote = to }))];
        List<TcpConnection> connections = [await endpoints[0].ConnectAsync(to).ConfigureAwait(false)];
        await AskAsync(connections[0]).ConfigureAwait(false);
        Footprint clientBefore = Footprint.Take();
        Footprint serverBefore = await ReportAsync(server).ConfigureAwait(false);
        var opening = Stopwatch.StartNew();
        using var room = new SemaphoreSlim(AtOnce);
        var all = new List<Task<TcpConnection>>(count);
        for (int i = 1; i < count; i++)
        {
            await room.WaitAsync().ConfigureAwait(false);
            all.Add(OpenAsync(endpoints[i / PerEndpoint], to, room));
        }

        connections.AddRange(await Task.WhenAll(all).ConfigureAwait(false));
        all = [];
        Say($"{connections.Count} connections opened and used once in {opening.Elapsed.TotalSeconds:F1} s");
        Footprint client = Footprint.Take();
        Footprint served = await ReportAsync(server).ConfigureAwait(false);
        Say($"client: {client.Since(clientBefore, count)}");
        Say($"server: {served.Since(serverBefore, count)}");

        await Task.Delay(TimeSpan.FromSeconds(seconds)).ConfigureAwait(false);
        Footprint clientAfter = Footprint.Take(collect: false);
        Footprint servedAfter = await ReportAsync(server, collect: false).ConfigureAwait(false);
        Say($"{seconds} s later: client {(clientAfter.Processor - client.Processor) / seconds:P1} of a processor, server {(servedAfter.Processor - served.Processor) / seconds:P1}");
        int alive = 0;
        foreach (TcpConnection[] some in connections.Chunk(AtOnce))
        {
            alive += (await Task.WhenAll(some.Select(IsAliveAsync)).ConfigureAwait(false)).Count(a => a);
        }

        long probes = connections.Sum(c => c.Statistics.SegmentsSent);
        Say($"{alive} of {connections.Count} answer; {(double)probes / connections.Count:F1} segments were sent by each client");
        server.Kill();
        return alive == connections.Count ? 0 : 1;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static async Task<TcpConnection> OpenAsync(TcpEndpoint endpoint, IPEndPoint to, SemaphoreSlim room)
    {
        try
        {
            TcpConnection connection = await endpoint.ConnectAsync(to).ConfigureAwait(false);
            await AskAsync(connection).ConfigureAwait(false);
            return connection;
        }
        finally
        {
            room.Release();
        }
    }

    private static async Task<bool> IsAliveAsync(TcpConnection connection)
    {
        try
        {
            await AskAsync(connection).WaitAsync(Patience).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is IOException or TimeoutException or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task AskAsync(TcpConnection connection)
    {
        await connection.Transport.Output.WriteAsync(new byte[100]).ConfigureAwait(false);
        ReadResult answer = await connection.Transport.Input.ReadAtLeastAsync(100).ConfigureAwait(false);
        if (answer.Buffer.Length != 100)
        {
            throw new IOException($"an answer of {answer.Buffer.Length} bytes");
        }

        connection.Transport.Input.AdvanceTo(answer.Buffer.End);
    }

    private static async Task<Footprint> ReportAsync(Process server, bool collect = true)
    {
        await server.StandardInput.WriteLineAsync(collect ? "collect" : "look").ConfigureAwait(false);
        return Footprint.Parse((await server.StandardOutput.ReadLineAsync().ConfigureAwait(false))!);
    }

    private static async Task ServeAsync()
    {
        await using TcpEndpoint endpoint = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0), Options);
        await using TcpConnectionListener listener = endpoint.Listen(4096);
        _ = Task.Run(async () =>
        {
            while (await listener.AcceptAsync().ConfigureAwait(false) is { } connection)
            {
                _ = EchoAsync(connection);
            }
        });
        Console.WriteLine(endpoint.LocalEndPoint.Port);
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            Console.WriteLine(Footprint.Take(line == "collect"));
        }
    }

    private static async Task EchoAsync(TcpConnection connection)
    {
        await using (connection.ConfigureAwait(false))
        {
            ReadResult read;
            do
            {
                read = await connection.Transport.Input.ReadAsync().ConfigureAwait(false);
                foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                {
                    await connection.Transport.Output.WriteAsync(piece).ConfigureAwait(false);
                }

                connection.Transport.Input.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);
        }
    }
}
