namespace NetLab.Host.Experiments.Real;

/// <summary>A number that only grows, and that can be waited for. Safe for use by several threads.</summary>
internal sealed class Watermark
{
    private readonly Lock _lock = new();
    private int _value;
    private TaskCompletionSource _next = New();

    /// <summary>It now; 0 at first.</summary>
    public int Value
    {
        get
        {
            lock (_lock)
            {
                return _value;
            }
        }
    }

    /// <summary>Raises it; to less than it is does nothing.</summary>
    public void RaiseTo(int value)
    {
        TaskCompletionSource next;
        lock (_lock)
        {
            if (value <= _value)
            {
                return;
            }

            _value = value;
            (next, _next) = (_next, New());
        }

        next.TrySetResult();
    }

    /// <summary>Waits until it is more than a value, and says how much.</summary>
    public async Task<int> MoreThanAsync(int known, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (_value > known)
                {
                    return _value;
                }

                next = _next.Task;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
