using System.Diagnostics;
using System.Globalization;

namespace NetLab.Host.Experiments.Real;

/// <summary>A number that grows, and when it did. Safe for use by several threads.</summary>
internal sealed class ChangingValue
{
    private readonly Lock _lock = new();
    private readonly List<long> _changed = [];
    private TaskCompletionSource _next = New();

    /// <summary>It now; 0 before its first change.</summary>
    public int Now
    {
        get
        {
            lock (_lock)
            {
                return _changed.Count;
            }
        }
    }

    /// <summary>A value as it is sent: eight characters.</summary>
    public static string TextOf(int value) => value.ToString("00000000", CultureInfo.InvariantCulture);

    /// <summary>When it became a value, by the stopwatch.</summary>
    public long ChangedAt(int value)
    {
        lock (_lock)
        {
            return _changed[value - 1];
        }
    }

    /// <summary>Changes it.</summary>
    public void Change()
    {
        TaskCompletionSource next;
        lock (_lock)
        {
            _changed.Add(Stopwatch.GetTimestamp());
            (next, _next) = (_next, New());
        }

        next.TrySetResult();
    }

    /// <summary>Waits until it is more than a value.</summary>
    public async Task<int> MoreThanAsync(int known, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (_changed.Count > known)
                {
                    return _changed.Count;
                }

                next = _next.Task;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
