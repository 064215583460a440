using NetLab.Udp.Sockets;

namespace NetLab.Udp.Devices;

/// <summary>
/// A wire between two TUN devices: what the kernel sends to the one comes out of the other, at once and as it is, segments that are still to be cut and
/// checksums that are still to be completed as well.
/// </summary>
public sealed class TunPatch : IDisposable
{
    // As many packets of one device as the other has to wait for.
    private const int TurnLength = 64;

    private readonly TunDevice _first;
    private readonly TunDevice _second;
    private readonly Waker _waker = Waker.Create();
    private readonly byte[] _packet = new byte[IpDevice.MaxPacketLength];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Makes one that passes nothing before <see cref="Start"/>.</summary>
    /// <param name="first">One device; the caller's to dispose of, after this.</param>
    /// <param name="second">The other one, with offloads where the first has them.</param>
    public TunPatch(TunDevice first, TunDevice second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        (_first, _second) = (first, second);
        _thread = new Thread(Run) { IsBackground = true, Name = "tun patch" };
    }

    /// <summary>Completes when it has stopped; fails if it stopped by an error of its own, such as a device that has gone.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Begins to pass packets, on a thread of its own.</summary>
    public void Start() => _thread.Start();

    /// <summary>Stops.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        _waker.TryWake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _waker.Dispose();
    }

    private void Run()
    {
        try
        {
            LinuxSocketCalls.PollDescriptor[] descriptors =
            [
                .. new[] { _first.Descriptor, _second.Descriptor, _waker.Descriptor }
                    .Select(d => new LinuxSocketCalls.PollDescriptor { Descriptor = d, Wanted = LinuxSocketCalls.PollDescriptor.Readable }),
            ];
            while (!_stopping)
            {
                LinuxSocketCalls.Poll(descriptors, Timeout.InfiniteTimeSpan);
                Pass(_first, _second);
                Pass(_second, _first);
            }

            _completion.TrySetResult();
        }
        catch (Exception error)
        {
            // The thread's only way to tell anyone.
            _completion.TrySetException(error);
        }
    }

    private void Pass(TunDevice from, TunDevice to)
    {
        for (int i = 0; i < TurnLength && from.TryReceive(_packet, out PacketOffload offload, out int length); i++)
        {
            to.TrySend(_packet.AsSpan(0, length), default, 1, 0, offload);
        }
    }
}
