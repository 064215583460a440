using System.Runtime.CompilerServices;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Timers;

/// <summary>The deadlines of a connection: one field a timer, the least of them is when the machine wants to be called.</summary>
internal sealed class TimerTable
{
    /// <summary>How many timers there are.</summary>
    public const int Count = (int)ConnectionTimer.TimeWait + 1;

    private Deadlines _deadlines;

    public TimerTable() => Clear();

    /// <summary>The nearest deadline, or <see cref="Instant.Never"/>.</summary>
    public Instant Next
    {
        get
        {
            Instant next = Instant.Never;
            for (int i = 0; i < Count; i++)
            {
                next = Instant.Min(next, _deadlines[i]);
            }

            return next;
        }
    }

    public Instant this[ConnectionTimer timer] => _deadlines[(int)timer];

    public bool IsSet(ConnectionTimer timer) => _deadlines[(int)timer] != Instant.Never;

    public void Set(ConnectionTimer timer, Instant deadline) => _deadlines[(int)timer] = deadline;

    public void Stop(ConnectionTimer timer) => _deadlines[(int)timer] = Instant.Never;

    /// <summary>Stops a timer whose deadline has come, and says whether it had.</summary>
    public bool TryExpire(ConnectionTimer timer, Instant now)
    {
        if (_deadlines[(int)timer] > now)
        {
            return false;
        }

        Stop(timer);
        return true;
    }

    public void Clear()
    {
        for (int i = 0; i < Count; i++)
        {
            _deadlines[i] = Instant.Never;
        }
    }

    [InlineArray(Count)]
    private struct Deadlines
    {
        private Instant _first;
    }
}
