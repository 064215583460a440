using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Experiments.Real;

/// <summary>One client that learns of all changes in one way, and what its connection carried meanwhile.</summary>
internal static class UpdateTrial
{
    /// <summary>An event's bytes: <c>data: 12345678</c> and two line feeds in a chunk.</summary>
    public const int EventBytes = 16 + 2 + 4;

    /// <summary>A frame's bytes: opcode, length, and eight characters.</summary>
    public const int FrameBytes = 2 + 8;

    // What sets a connection up belongs to no update.
    private const int FirstCounted = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it.</summary>
    public static async Task<UpdateResult> RunAsync(UpdatePlan plan, UpdateWay way, CancellationToken cancellationToken)
    {
        var value = new ChangingValue();
        (long segments, long bytes) = (0, 0);
        UpdateServer server = new(value, plan);
        await using (server.ConfigureAwait(false))
        {
            await server.StartAsync((_, datagram, _, _) =>
            {
                if (SegmentReader.TryRead(datagram, out Segment segment, out SegmentError _))
                {
                    Interlocked.Increment(ref segments);
                    Interlocked.Add(ref bytes, segment.Payload.Length);
                }
            }).ConfigureAwait(false);
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            late.CancelAfter(Patience + (plan.Interval * plan.Count));
            var factory = new TcpConnectionFactory();
            using var handler = new SocketsHttpHandler
            {
                UseProxy = false,
                ConnectCallback = async (_, connecting) => new TcpConnectionStream(await factory.ConnectAsync(server.Address, connecting).ConfigureAwait(false)),
            };
            using var client = new HttpClient(handler) { BaseAddress = new Uri($"http://127.0.0.1:{server.Address.Port}"), Timeout = Timeout.InfiniteTimeSpan };
            Task changing = Task.CompletedTask;
            TimeSpan delay = TimeSpan.Zero;
            (long Segments, long Bytes, long Questions) before = default;
            int known = 0;
            int counted = 0;
            void Learn(int now)
            {
                for (; known < now; known++)
                {
                    delay += Stopwatch.GetElapsedTime(value.ChangedAt(known + 1));
                }

                if (known >= FirstCounted && counted == 0)
                {
                    counted = known;
                    before = (Interlocked.Read(ref segments), Interlocked.Read(ref bytes), server.Questions);
                }
            }

            // The first answer is that of a value that has not changed yet: the connection is there before it does.
            await client.GetStringAsync(new Uri("/value", UriKind.Relative), late.Token).ConfigureAwait(false);
            changing = ChangeAsync(value, plan, late.Token);
            await FollowAsync(client, handler, plan, way, () => known, Learn, late.Token).ConfigureAwait(false);
            await changing.ConfigureAwait(false);
            double updates = plan.Count - counted;
            return new UpdateResult(
                NameOf(way), delay / plan.Count, (Interlocked.Read(ref segments) - before.Segments) / updates, (Interlocked.Read(ref bytes) - before.Bytes) / updates,
                (server.Questions - before.Questions) / updates);
        }
    }

    private static async Task ChangeAsync(ChangingValue value, UpdatePlan plan, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(plan.Interval);
        for (int i = 0; i < plan.Count; i++)
        {
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
            value.Change();
        }
    }

    private static async Task FollowAsync(HttpClient client, HttpMessageHandler handler, UpdatePlan plan, UpdateWay way, Func<int> known, Action<int> learn, CancellationToken cancellationToken)
    {
        switch (way)
        {
            case UpdateWay.Polling:
                using (var timer = new PeriodicTimer(plan.Poll))
                {
                    while (known() < plan.Count)
                    {
                        await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
                        learn(ValueOf(await client.GetStringAsync(new Uri("/value", UriKind.Relative), cancellationToken).ConfigureAwait(false)));
                    }
                }

                break;
            case UpdateWay.LongPolling:
                while (known() < plan.Count)
                {
                    learn(ValueOf(await client.GetStringAsync(new Uri($"/next?known={known()}", UriKind.Relative), cancellationToken).ConfigureAwait(false)));
                }

                break;
            case UpdateWay.Events:
                using (var reader = new StreamReader(await client.GetStreamAsync(new Uri("/events", UriKind.Relative), cancellationToken).ConfigureAwait(false)))
                {
                    while (known() < plan.Count && await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
                    {
                        if (line.StartsWith("data: ", StringComparison.Ordinal))
                        {
                            learn(ValueOf(line[6..]));
                        }
                    }
                }

                break;
            default:
                await ListenAsync(client.BaseAddress!, handler, plan, known, learn, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private static async Task ListenAsync(Uri server, HttpMessageHandler handler, UpdatePlan plan, Func<int> known, Action<int> learn, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = "/socket" }.Uri, invoker, cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[64];
        while (known() < plan.Count)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
            string text = Encoding.ASCII.GetString(buffer, 0, received.Count);
            if (plan.IsTalkative)
            {
                await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, true, cancellationToken).ConfigureAwait(false);
            }

            learn(ValueOf(text));
        }
    }

    private static int ValueOf(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string NameOf(UpdateWay way) => way switch
    {
        UpdateWay.Polling => "polling",
        UpdateWay.LongPolling => "long polling",
        UpdateWay.Events => "server-sent events",
        _ => "WebSocket",
    };
}
