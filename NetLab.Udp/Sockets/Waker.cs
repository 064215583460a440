namespace NetLab.Udp.Sockets;

/// <summary>What a poller waits for besides its sockets, so that another thread can end the wait. Any thread wakes, one drains.</summary>
internal abstract class Waker : IDisposable
{
    /// <summary>What poll is asked about.</summary>
    public abstract int Descriptor { get; }

    /// <summary>Makes the descriptor readable until <see cref="Drain"/>.</summary>
    /// <returns>Whether it is; if not, the next attempt may do better.</returns>
    public abstract bool TryWake();

    /// <summary>Takes the wake-up back; of no effect if there was none. Never throws.</summary>
    public abstract void Drain();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The best that the system offers.</summary>
    public static Waker Create() => EventWaker.TryCreate() is { } waker ? waker : new DatagramWaker();
}
