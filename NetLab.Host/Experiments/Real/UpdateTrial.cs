using System.Diagnostics;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Experiments.Real;

/// <summary>
/// One client that learns of all changes in one way, and what its connection carried meanwhile. Changes and questions come at the plan's moments or later,
/// and in its order: each only when the one before has had its effect. So a machine that is late is late for all of them alike, and what the plan makes of a
/// way does not depend on it.
/// </summary>
internal sealed class UpdateTrial : IAsyncDisposable
{
    /// <summary>An event's bytes: <c>data: 12345678</c> and two line feeds in a chunk.</summary>
    public const int EventBytes = 16 + 2 + 4;

    /// <summary>A frame's bytes: opcode, length, and eight characters.</summary>
    public const int FrameBytes = 2 + 8;

    // What sets a connection up belongs to no update.
    private const int FirstCounted = 2;

    // A server that holds no question back is seen to do so after as many answers to one value.
    private const int MaxVainQuestions = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly UpdatePlan _plan;
    private readonly UpdateWay _way;
    private readonly Watermark _value = new();
    private readonly Watermark _known = new();
    private readonly UpdateServer _server;
    private readonly UpdateTraffic _traffic = new();
    private readonly CancellationTokenSource _ended;
    private readonly IReadOnlyList<TimeSpan> _changes;
    private (TimeSpan At, long Since) _moment;
    private TimeSpan _wait;
    private TimeSpan _travel;

    private UpdateTrial(UpdatePlan plan, UpdateWay way, CancellationToken cancellationToken)
    {
        (_plan, _way, _changes) = (plan, way, plan.Changes);
        _server = new UpdateServer(_value, plan);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ended.CancelAfter(Patience + (plan.Interval * plan.Count));
    }

    /// <summary>Runs it.</summary>
    public static async Task<UpdateResult> RunAsync(UpdatePlan plan, UpdateWay way, CancellationToken cancellationToken)
    {
        var trial = new UpdateTrial(plan, way, cancellationToken);
        await using (trial.ConfigureAwait(false))
        {
            return await trial.RunAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        _ended.Dispose();
    }

    private async Task<UpdateResult> RunAsync()
    {
        await _server.StartAsync((_, datagram, _, _) => _traffic.Count(datagram)).ConfigureAwait(false);
        var factory = new TcpConnectionFactory();
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, connecting) => new TcpConnectionStream(await factory.ConnectAsync(_server.Address, connecting).ConfigureAwait(false)),
        };
        using var client = new UpdateClient(handler, _server.Address, Learn);

        // The first answer is that of a value that has not changed yet: the connection is there before it does.
        await client.AskAsync(_ended.Token).ConfigureAwait(false);
        Task following = client.FollowAsync(_way, () => _known.Value, _plan.IsTalkative, _ended.Token);
        Task<UpdateResult> playing = PlayAsync(client);
        await Task.WhenAny(playing, following).ConfigureAwait(false);
        if (following.IsFaulted)
        {
            await _ended.CancelAsync().ConfigureAwait(false);
            await ((Task)playing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await following.ConfigureAwait(false);
        }

        UpdateResult result = await playing.ConfigureAwait(false);
        await _ended.CancelAsync().ConfigureAwait(false);
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return result;
    }

    private async Task<UpdateResult> PlayAsync(UpdateClient client)
    {
        (long Segments, long Bytes, int Questions) before = default;
        int counted = 0;
        await ReadyAsync().ConfigureAwait(false);
        long start = Stopwatch.GetTimestamp();
        foreach ((TimeSpan at, bool isQuestion) in _plan.Moments(_way))
        {
            TimeSpan left = at - Stopwatch.GetElapsedTime(start);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, _ended.Token).ConfigureAwait(false);
            _moment = (at, Stopwatch.GetTimestamp());
            if (isQuestion)
            {
                await client.AskAsync(_ended.Token).ConfigureAwait(false);
            }
            else
            {
                await ChangeAsync().ConfigureAwait(false);
            }

            if (counted == 0 && _known.Value >= FirstCounted)
            {
                counted = _known.Value;
                before = Cost;
            }
        }

        (long Segments, long Bytes, int Questions) after = Cost;
        double updates = _plan.Count - counted;
        return new UpdateResult(
            NameOf(_way), _wait / _plan.Count, _travel / _plan.Count,
            (after.Segments - before.Segments) / updates, (after.Bytes - before.Bytes) / updates, (after.Questions - before.Questions) / updates);
    }

    private (long Segments, long Bytes, int Questions) Cost => (_traffic.Now.Segments, _traffic.Now.Bytes, _server.Questions.Value);

    // Changes the value, and waits until that has done what it does in this way: nothing with polling; else the server has seen it, the client has learned what
    // the server told, and the next question is there.
    private async Task ChangeAsync()
    {
        int value = _value.Value + 1;
        _value.RaiseTo(value);
        if (_way != UpdateWay.Polling)
        {
            await _server.Seen.MoreThanAsync(value - 1, _ended.Token).ConfigureAwait(false);
            await _known.MoreThanAsync(_server.Told.Value - 1, _ended.Token).ConfigureAwait(false);
            await ReadyAsync().ConfigureAwait(false);
        }
    }

    private async Task ReadyAsync()
    {
        if (_way == UpdateWay.LongPolling)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
            Task held = _server.Held.MoreThanAsync(_value.Value, either.Token);
            Task vain = _server.Questions.MoreThanAsync(_server.Questions.Value + MaxVainQuestions - 1, either.Token);
            await (await Task.WhenAny(held, vain).ConfigureAwait(false)).ConfigureAwait(false);
            await either.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(held, vain).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Learn(int now)
    {
        for (int value = _known.Value; value < now; value++)
        {
            _wait += _moment.At - _changes[value];
            _travel += Stopwatch.GetElapsedTime(_moment.Since);
        }

        _known.RaiseTo(now);
    }

    private static string NameOf(UpdateWay way) => way switch
    {
        UpdateWay.Polling => "polling",
        UpdateWay.LongPolling => "long polling",
        UpdateWay.Events => "server-sent events",
        _ => "WebSocket",
    };
}
