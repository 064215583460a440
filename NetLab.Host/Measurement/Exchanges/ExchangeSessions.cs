using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Exchanges;

/// <summary>The measurements of round trips or connections by streams that are under way, and which of their streams are there. For several threads.</summary>
/// <param name="most">How many there may be.</param>
internal sealed class ExchangeSessions(int most)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, (bool[] Claimed, int Open)> _sessions = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
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

            if (!_sessions.TryGetValue(id, out (bool[] Claimed, int Open) session))
            {
                if (_sessions.Count >= most)
                {
                    return false;
                }

                session = (new bool[hello.Streams], 0);
            }

            if (hello.Streams != session.Claimed.Length || session.Claimed[hello.Stream])
            {
                return false;
            }

            session.Claimed[hello.Stream] = true;
            _sessions[id] = (session.Claimed, session.Open + 1);
            return true;
        }
    }

    /// <summary>A stream has ended.</summary>
    public void Leave(ulong id)
    {
        lock (_lock)
        {
            (bool[] claimed, int open) = _sessions[id];
            if (open == 1)
            {
                _sessions.Remove(id);
            }
            else
            {
                _sessions[id] = (claimed, open - 1);
            }
        }
    }
}
