using System.Collections.Concurrent;

namespace NetLab.Udp.Links;

/// <summary>What people want done to single datagrams, on its way to the relay's thread. Whoever asked is answered, also when the relay has stopped.</summary>
internal sealed class RelayInterventions
{
    private readonly ConcurrentQueue<(bool Up, LinkIntervention Intervention, TaskCompletionSource<bool> Done)> _queue = new();
    private volatile bool _isOver;

    /// <summary>Asks for one.</summary>
    /// <param name="up">Whether it is for a datagram on its way up.</param>
    /// <param name="intervention">What to do to which.</param>
    /// <returns>Whether it could be done; false when the relay has stopped.</returns>
    /// <exception cref="ArgumentException">The intervention makes no sense.</exception>
    public Task<bool> Add(bool up, LinkIntervention intervention)
    {
        if (intervention.Validate() is { } wrong)
        {
            throw new ArgumentException(wrong, nameof(intervention));
        }

        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Enqueue((up, intervention, done));
        if (_isOver)
        {
            Refuse();
        }

        return done.Task;
    }

    /// <summary>Does what was asked for; on the relay's thread.</summary>
    /// <param name="intervene">Does one, in a direction, and says whether it could.</param>
    public void Run(Func<bool, LinkIntervention, bool> intervene)
    {
        while (_queue.TryDequeue(out (bool Up, LinkIntervention Intervention, TaskCompletionSource<bool> Done) next))
        {
            next.Done.TrySetResult(intervene(next.Up, next.Intervention));
        }
    }

    /// <summary>The relay has stopped.</summary>
    public void End()
    {
        _isOver = true;
        Refuse();
    }

    private void Refuse() => Run((_, _) => false);
}
