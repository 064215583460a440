namespace NetLab.Udp.Counters;

/// <summary>
/// What many have counted together, those counted in that are gone by now. They go on counting by themselves and are only looked
/// at when somebody asks for the sum. Safe for use by several threads.
/// </summary>
/// <typeparam name="T">What each of them counts in.</typeparam>
public sealed class Tally<T>
    where T : class, ICounts<T>, new()
{
    private readonly Lock _lock = new();
    private readonly HashSet<T> _live = new(ReferenceEqualityComparer.Instance);
    private readonly T _gone = new();

    /// <summary>How many count now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _live.Count;
            }
        }
    }

    /// <summary>One more counts.</summary>
    public void Add(T counts)
    {
        lock (_lock)
        {
            _live.Add(counts);
        }
    }

    /// <summary>One counts no more; what it counted stays in the sum. Of no effect the second time.</summary>
    public void Remove(T counts)
    {
        lock (_lock)
        {
            if (_live.Remove(counts))
            {
                _gone.Add(counts);
            }
        }
    }

    /// <summary>Adds up what all have counted until now, give or take what they count meanwhile.</summary>
    public T Sum()
    {
        var sum = new T();
        lock (_lock)
        {
            sum.Add(_gone);
            foreach (T counts in _live)
            {
                sum.Add(counts);
            }
        }

        return sum;
    }
}
