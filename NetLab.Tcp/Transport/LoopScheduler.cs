using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;

namespace NetLab.Tcp.Transport;

/// <summary>
/// Runs what waits for a pipe on the endpoint's own loop, in between its other work: no other thread has to be woken, and the
/// bytes are still near. Whoever blocks there blocks the endpoint.
/// </summary>
/// <param name="wake">Tells the loop that something is to be run, if another thread says so.</param>
internal sealed class LoopScheduler(Action wake) : PipeScheduler
{
    private readonly ConcurrentQueue<(Action<object?> Action, object? State)> _queue = new();
    private volatile bool _ended;

    /// <summary>Whether nothing waits to be run.</summary>
    public bool IsIdle => _queue.IsEmpty;

    /// <summary>How much waits.</summary>
    public int Waiting => _queue.Count;

    public override void Schedule(Action<object?> action, object? state)
    {
        if (_ended)
        {
            ThreadPool.Schedule(action, state);
            return;
        }

        _queue.Enqueue((action, state));
        wake();
        if (_ended)
        {
            // The loop may have looked for the last time before this was there.
            Run();
        }
    }

    /// <summary>The loop has ended: what waits is run now, and what comes later by the thread pool.</summary>
    public void End()
    {
        _ended = true;
        Run();
    }

    /// <summary>Runs what has waited longest.</summary>
    /// <returns>False if nothing waits.</returns>
    public bool RunNext()
    {
        if (!_queue.TryDequeue(out (Action<object?> Action, object? State) work))
        {
            return false;
        }

        try
        {
            work.Action(work.State);
        }
        catch (Exception error)
        {
            // As on any thread of a pool: nobody is left to catch it, and it is not the endpoint's.
            ThreadPool.Schedule(static e => ExceptionDispatchInfo.Throw((Exception)e!), error);
        }

        return true;
    }

    private void Run()
    {
        while (RunNext())
        {
            // Until there is nothing more.
        }
    }
}
