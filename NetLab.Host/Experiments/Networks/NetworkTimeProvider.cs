namespace NetLab.Host.Experiments.Networks;

/// <summary>
/// A network's virtual time as .NET knows time, for libraries that wait: their timers are events of the network. Callbacks run within its
/// run, on its one thread.
/// </summary>
internal sealed class NetworkTimeProvider(LabNetwork network) : TimeProvider
{
    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + network.Now;

    /// <inheritdoc/>
    public override long GetTimestamp() => network.Now.Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new NetworkTimer(network, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class NetworkTimer(LabNetwork network, TimerCallback callback, object? state) : ITimer
    {
        // What was planned before the last change is of no effect when its time comes.
        private int _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            int version = ++_version;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                network.In(dueTime, () => Fire(version, period));
            }

            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int version, TimeSpan period)
        {
            if (version != _version)
            {
                return;
            }

            if (period > TimeSpan.Zero)
            {
                network.In(period, () => Fire(version, period));
            }

            callback(state);
        }
    }
}
