using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace NetLab.Host.Services;

/// <summary>
/// What happens in a lab, for all that listen. Safe for use by several threads; a slow listener loses the oldest events, and nobody waits
/// for it.
/// </summary>
internal sealed class LabEvents
{
    /// <summary>How many are remembered, and how many may wait for a listener.</summary>
    public const int MaxWaiting = 256;

    private readonly Lock _lock = new();
    private readonly HashSet<Channel<LabEvent>> _listeners = [];
    private readonly Queue<LabEvent> _latest = [];
    private long _last;

    /// <summary>Tells all listeners.</summary>
    /// <param name="kind">What happened: started, stopped, changed, removed, failed or ended.</param>
    /// <param name="subject">What it happened to, by its path over HTTP.</param>
    /// <param name="detail">One line that says more; null for none.</param>
    public void Publish(string kind, string subject, string? detail = null)
    {
        lock (_lock)
        {
            var happened = new LabEvent(++_last, DateTimeOffset.UtcNow, kind, subject, detail);
            _latest.Enqueue(happened);
            if (_latest.Count > MaxWaiting)
            {
                _latest.Dequeue();
            }

            foreach (Channel<LabEvent> listener in _listeners)
            {
                listener.Writer.TryWrite(happened);
            }
        }
    }

    /// <summary>Listens until cancelled.</summary>
    /// <param name="after">The number of the last event that is known already; null to begin with what happens from now on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<LabEvent> ListenAsync(long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<LabEvent>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            foreach (LabEvent missed in _latest.Where(e => e.Number > (after ?? long.MaxValue)))
            {
                channel.Writer.TryWrite(missed);
            }

            _listeners.Add(channel);
        }

        try
        {
            await foreach (LabEvent happened in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return happened;
            }
        }
        finally
        {
            lock (_lock)
            {
                _listeners.Remove(channel);
            }
        }
    }
}
