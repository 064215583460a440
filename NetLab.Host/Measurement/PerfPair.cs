using System.Text.Json;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement;

/// <summary>A sender and a receiver, each a process of its own.</summary>
/// <param name="settings">What they measure.</param>
/// <param name="recordings">What the sender is told to record, as on a command line.</param>
/// <param name="board">Told how far they are.</param>
/// <param name="place">Where they are.</param>
internal sealed class PerfPair(PerfSettings settings, IReadOnlyList<string> recordings, IPerfBoard board, PerfPlace place) : IAsyncDisposable
{
    private ChildProcess? _receiver;
    private LabAddress? _address;

    /// <summary>Where the receiver listens.</summary>
    public LabAddress Address => _address ?? throw new InvalidOperationException("The receiver has not been started.");

    /// <summary>The receiver's command line.</summary>
    public static IReadOnlyList<string> ReceiverWords(PerfSettings settings, PerfPlace place)
    {
        var listen = new LabAddress(settings.Transport, place.Host, 0);
        return ["perf", "server", listen.ToString(), "--once", "--json-stream", "--poll", settings.Polls ? "on" : "off", .. Remote(place)];
    }

    /// <summary>The sender's command line, but for what it records.</summary>
    public static IReadOnlyList<string> SenderWords(PerfSettings settings, LabAddress to) =>
        ["perf", to.ToString(), "--json-stream", "--settings", JsonSerializer.Serialize(settings with { Direction = PerfDirection.Forward, UnderLoad = false }, PerfSettingsJson.Default.PerfSettings)];

    /// <summary>Starts the receiver.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _receiver = new ChildProcess(ReceiverWords(settings, place), place.Receiver);
        _address = LabAddress.Parse(await _receiver.ListeningAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Lets the sender send, once.</summary>
    /// <param name="to">The receiver, or a relay before it.</param>
    /// <param name="round">Which turn it is.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="IOException">It failed.</exception>
    public async Task<PerfRun> RunAsync(LabAddress to, int round, CancellationToken cancellationToken)
    {
        ChildProcess receiver = _receiver!;
        Task watching = WatchAsync(receiver);
        var sender = new ChildProcess([.. SenderWords(settings, to), .. recordings, .. Remote(place)], place.Sender);
        await using (sender.ConfigureAwait(false))
        {
            // Interrupted, the sender stops and still collects what arrived until then.
            using CancellationTokenRegistration interrupt = cancellationToken.Register(sender.CloseInput);
            PerfRun? run = null;
            await foreach (string line in sender.Output.ConfigureAwait(false))
            {
                run = JsonSerializer.Deserialize(line, PerfLineJson.Default.PerfRun);
            }

            if (run is null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await sender.EndAsync().ConfigureAwait(false);
            }

            await receiver.EndAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
            return (run ?? throw new IOException("the sender reported nothing")) with { Round = round };
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_receiver is { } receiver)
        {
            await receiver.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string[] Remote(PerfPlace place) => place.IsRemote ? ["--allow-remote"] : [];

    private async Task WatchAsync(ChildProcess receiver)
    {
        await foreach (string line in receiver.Output.ConfigureAwait(false))
        {
            if (JsonSerializer.Deserialize(line, PerfLineJson.Default.PerfInterval) is { } interval)
            {
                board.Interval(interval);
            }
        }
    }
}
