using System.Diagnostics;
using NetLab.Host.Measurement.Reports;

namespace NetLab.Host.Measurement;

/// <summary>When a load lasted, by what its receivers report: processes that start and end are no load yet, or any more.</summary>
/// <param name="board">Told everything all the same.</param>
internal sealed class LoadWindow(IPerfBoard board) : IPerfBoard
{
    private readonly Lock _lock = new();
    private long _from = long.MaxValue;
    private long _until;

    /// <summary>Whether it lasted at a moment.</summary>
    /// <param name="timestamp">By <see cref="Stopwatch"/>.</param>
    public bool Contains(long timestamp)
    {
        lock (_lock)
        {
            return timestamp >= _from && timestamp <= _until;
        }
    }

    public void Begin(string transport, int round) => board.Begin(transport, round);

    public void Interval(PerfInterval interval)
    {
        long now = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            _from = Math.Min(_from, now - (long)(interval.Sum.Seconds * Stopwatch.Frequency));
            _until = now;
        }

        board.Interval(interval);
    }

    public void End(PerfRun run) => board.End(run);
}
