using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Exchanges;

/// <summary>The one measurement of round trips or connections that a server answers at a time, and which of its streams are there.</summary>
internal sealed class ExchangeSlot
{
    private readonly Lock _lock = new();
    private ulong _id;
    private bool[] _claimed = [];
    private int _open;

    /// <summary>Whether there is one.</summary>
    public bool IsTaken
    {
        get
        {
            lock (_lock)
            {
                return _open > 0;
            }
        }
    }

    /// <summary>Takes a stream's place, which only one connection may.</summary>
    public bool TryJoin(ulong id, PerfHello hello)
    {
        lock (_lock)
        {
            if (hello.Streams is < 1 or > PerfSettings.MaxStreams || hello.Stream < 0 || hello.Stream >= hello.Streams)
            {
                return false;
            }

            if (_open == 0)
            {
                (_id, _claimed) = (id, new bool[hello.Streams]);
            }

            if (id != _id || hello.Streams != _claimed.Length || _claimed[hello.Stream])
            {
                return false;
            }

            _claimed[hello.Stream] = true;
            _open++;
            return true;
        }
    }

    /// <summary>A stream has ended.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool Leave()
    {
        lock (_lock)
        {
            return --_open == 0;
        }
    }
}
