using System.Text.Json;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Relays;
using NetLab.Host.Settings;
using NetLab.Tcp.Events;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Live;

/// <summary>
/// A transfer on real sockets of loopback through a relay's link, while it happens: every datagram with what the link did to it, what both ends know, and
/// hands on single datagrams and on the link itself. Safe for several threads.
/// </summary>
internal sealed class LiveSession : IAsyncDisposable
{
    // One that a lost link keeps waiting, or nobody looks at any more.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly LiveSegments _segments = new();
    private readonly CancellationTokenSource _stop = new(Limit);
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly Instant _start;
    private readonly ILiveCarrier _carrier;
    private readonly LinkRelay _relay;
    private readonly Task _running;

    private LiveSession(int id, LiveSettings settings, ILiveCarrier carrier)
    {
        (Id, Settings, _carrier, _start) = (id, settings, carrier, _clock.Now);
        carrier.Sent = OnSent;
        carrier.StateChanged = OnState;
        carrier.Sampled = OnSample;
        LinkRelayOptions options = LabRelay.OptionsFor(new(System.Net.IPAddress.Loopback, 0), carrier.Listen(), settings.Description(), settings.Seed);
        _relay = new LinkRelay(options with { Log = OnDecided, IsAside = null });
        _relay.Start();
        _running = RunAsync();
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>What it began with.</summary>
    public LiveSettings Settings { get; }

    /// <summary>All that happened.</summary>
    public LiveUpdates Updates { get; } = new();

    /// <summary>Whether it is over.</summary>
    public bool IsOver => _running.IsCompleted;

    /// <summary>Begins one.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="settings">The transfer; valid.</param>
    /// <param name="overUdp">Whether datagrams are sent and forgotten, and not a stream.</param>
    /// <exception cref="System.Net.Sockets.SocketException">There is no socket to be had.</exception>
    public static LiveSession Start(int id, LiveSettings settings, bool overUdp) =>
        new(id, settings, overUdp ? new LiveDatagrams(settings) : new LiveStream(settings));

    /// <summary>Makes the link another one, for what enters it from now on.</summary>
    /// <param name="text">The link string.</param>
    /// <exception cref="UsageException">It makes no sense; the message names the word.</exception>
    public void Change(string text)
    {
        _relay.Change(LinkText.Parse(text, mayNameFiles: false));
        double at = (_clock.Now - _start).TotalSeconds;
        Updates.Add(new LiveUpdate("link", Json(json =>
        {
            json.WriteNumber("at", at);
            json.WriteString("words", text);
        })));
    }

    /// <summary>Does something to one datagram by hand.</summary>
    /// <param name="fromClient">Whether to one that the client sent.</param>
    /// <param name="intervention">What, to which.</param>
    /// <returns>False if it has arrived already, or been dropped.</returns>
    public Task<bool> InterveneAsync(bool fromClient, LinkIntervention intervention) => _relay.InterveneAsync(fromClient, intervention);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        string reason = "finished";
        try
        {
            await _carrier.RunAsync(_relay.LocalEndPoint, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            reason = "stopped";
        }
        catch (Exception error)
        {
            // Nobody else would hear of it; who watches does.
            reason = error.Message;
        }

        await _carrier.DisposeAsync().ConfigureAwait(false);
        _relay.Dispose();
        double at = (_clock.Now - _start).TotalSeconds;
        Updates.End(new LiveUpdate("end", Json(json =>
        {
            json.WriteNumber("at", at);
            json.WriteString("reason", reason);
            json.WriteNumber("delivered", _carrier.Delivered);
            json.WriteBoolean("more", _segments.IsCut);
        })));
    }

    private void OnSent(Instant at, bool fromClient, ReadOnlySpan<byte> datagram)
    {
        lock (_gate)
        {
            if (_segments.Take(Since(at), fromClient, datagram) is { } sent)
            {
                Tell(sent.Outcome is null ? "segment" : "fate", sent);
            }
        }
    }

    private void OnDecided(bool up, LinkOutcome outcome)
    {
        lock (_gate)
        {
            LinkOutcome mine = outcome with { EnteredAt = Since(outcome.EnteredAt), DecidedAt = Since(outcome.DecidedAt), DeliverAt = Since(outcome.DeliverAt) };
            if (_segments.Decide(up, mine) is { } sent)
            {
                Tell("fate", sent);
            }
        }
    }

    private void Tell(string kind, LiveSegment sent)
    {
        Updates.Add(new LiveUpdate(kind, LiveJson.Text(json => LiveJson.Write(json, sent))));
        if (sent.Outcome is not null)
        {
            Log(LiveLog.Line(sent));
        }
    }

    private void OnState(bool atClient, Instant at, ConnectionState state)
    {
        string end = atClient ? "client" : "server";
        Updates.Add(new LiveUpdate("state", Json(json =>
        {
            json.WriteString("end", end);
            json.WriteNumber("at", Since(at).SinceOrigin.TotalSeconds);
            json.WriteString("state", LiveLog.StateOf(state));
        })));
        Log(LiveLog.Line(end, Since(at), state));
    }

    private void OnSample(bool atClient, FlowSample sample)
    {
        FlowSample mine = sample with { At = Since(sample.At) };
        Updates.Add(new LiveUpdate("sample", Json(json =>
        {
            json.WriteString("end", atClient ? "client" : "server");
            json.WritePropertyName("sample");
            LiveJson.Write(json, mine);
        })));
        Log(LiveLog.Line(atClient ? "client" : "server", mine));
    }

    private void Log(string line) => Updates.Add(new LiveUpdate("log", Json(json => json.WriteString("line", line))));

    private Instant Since(Instant at) => new(at.Ticks - _start.Ticks);

    private static string Json(Action<Utf8JsonWriter> members) => LiveJson.Text(json =>
    {
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    });
}
