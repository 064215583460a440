using System.Collections.Concurrent;
using System.Threading.Channels;

namespace NetLab.Host.Services;

/// <summary>What happens in a lab, for whoever listens. Safe for use by several threads; a slow listener loses the oldest events, and nobody waits for it.</summary>
internal sealed class LabEvents
{
    private const int MaxWaiting = 256;

    private readonly ConcurrentDictionary<Channel<LabEvent>, bool> _listeners = [];
    private long _last;

    /// <summary>Tells everybody.</summary>
    /// <param name="kind">What happened: started, stopped, changed, removed or failed.</param>
    /// <param name="service">The service's name.</param>
    /// <param name="detail">One line that says more; null for none.</param>
    public void Publish(string kind, string service, string? detail = null)
    {
        var happened = new LabEvent(Interlocked.Increment(ref _last), DateTimeOffset.UtcNow, kind, service, detail);
        foreach (Channel<LabEvent> listener in _listeners.Keys)
        {
            listener.Writer.TryWrite(happened);
        }
    }

    /// <summary>Listens from now on, until cancelled.</summary>
    public async IAsyncEnumerable<LabEvent> ListenAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<LabEvent>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners.TryAdd(channel, true);
        try
        {
            await foreach (LabEvent happened in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return happened;
            }
        }
        finally
        {
            _listeners.TryRemove(channel, out _);
        }
    }
}
