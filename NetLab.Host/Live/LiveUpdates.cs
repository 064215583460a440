using System.Runtime.CompilerServices;

namespace NetLab.Host.Live;

/// <summary>
/// All that happened in a session, from its beginning, for any number of watchers who come and go. Safe for several threads. Bounded: what comes
/// beyond is not kept, but for the end.
/// </summary>
internal sealed class LiveUpdates
{
    private const int MaxUpdates = 100_000;

    private readonly List<LiveUpdate> _all = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isEnded;

    /// <summary>Tells watchers.</summary>
    public void Add(LiveUpdate update)
    {
        TaskCompletionSource more;
        lock (_all)
        {
            if (_isEnded || _all.Count >= MaxUpdates)
            {
                return;
            }

            _all.Add(update);
            (more, _more) = (_more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        more.TrySetResult();
    }

    /// <summary>Tells watchers the last thing; nothing comes after it.</summary>
    public void End(LiveUpdate update)
    {
        TaskCompletionSource more;
        lock (_all)
        {
            if (_isEnded)
            {
                return;
            }

            _isEnded = true;
            _all.Add(update);
            more = _more;
        }

        more.TrySetResult();
    }

    /// <summary>All from the first on, waiting for more until the end.</summary>
    /// <param name="cancellationToken">Ends the watching.</param>
    public async IAsyncEnumerable<LiveUpdate> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int at = 0; ;)
        {
            LiveUpdate[] some;
            bool isEnded;
            Task more;
            lock (_all)
            {
                some = [.. _all.Skip(at).Take(1000)];
                (isEnded, more) = (_isEnded && at + some.Length == _all.Count, _more.Task);
                more = at + some.Length < _all.Count ? Task.CompletedTask : more;
            }

            at += some.Length;
            foreach (LiveUpdate update in some)
            {
                yield return update;
            }

            if (isEnded)
            {
                yield break;
            }

            await more.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
