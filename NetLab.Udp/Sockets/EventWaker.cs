using Microsoft.Win32.SafeHandles;

namespace NetLab.Udp.Sockets;

/// <summary>A counter of the kernel's that can be polled (eventfd of Linux): no packet, no filter, no buffer that may be full.</summary>
internal sealed class EventWaker : Waker
{
    private readonly SafeFileHandle _counter;

    private EventWaker(SafeFileHandle counter) => _counter = counter;

    /// <inheritdoc/>
    public override int Descriptor => (int)_counter.DangerousGetHandle();

    /// <summary>Makes one; null where the system has none to give.</summary>
    public static EventWaker? TryCreate() =>
        LinuxSocketCalls.IsSupported && LinuxEventCalls.TryCreateEvent(out SafeFileHandle? counter) ? new EventWaker(counter) : null;

    /// <inheritdoc/>
    public override bool TryWake()
    {
        try
        {
            return LinuxEventCalls.SignalEvent(_counter);
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended: nobody is left to be woken.
            return true;
        }
    }

    /// <inheritdoc/>
    public override void Drain() => LinuxEventCalls.ResetEvent(_counter);

    /// <inheritdoc/>
    public override void Dispose() => _counter.Dispose();
}
