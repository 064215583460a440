using System.Diagnostics;
using System.Net.Sockets;

namespace NetLab.Udp.Sockets;

/// <summary>
/// A wait that receives: one system call sleeps until a datagram is there and has it in memory when it returns, where poll takes another call
/// to fetch it. Used by one thread, which calls <see cref="Cancel"/> before it disposes of it.
/// </summary>
internal sealed unsafe class RingReceiver : IDisposable
{
    private const ulong DatagramTag = 1;
    private const ulong WakerTag = 2;
    private const ulong CancelTag = 3;
    private const int ErrorCanceled = 125; // asm-generic/errno.h

    private static readonly TimeSpan CancelTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CancelStep = TimeSpan.FromMilliseconds(10);

    private readonly LinuxRing _ring;
    private readonly Socket _socket;
    private readonly Waker _waker;
    private readonly PendingReceive _pending;
    private bool _isReceiving;
    private bool _isWatching;
    private bool _isBroken;

    private RingReceiver(LinuxRing ring, Socket socket, Waker waker, byte[] buffer)
    {
        (_ring, _socket, _waker) = (ring, socket, waker);
        _pending = new PendingReceive(buffer);
    }

    /// <summary>Makes one for a socket.</summary>
    /// <param name="socket">The socket. It is made a blocking one: a request on another would not wait.</param>
    /// <param name="waker">What ends a wait besides.</param>
    /// <param name="buffer">Where datagrams go: pinned, and left alone while <see cref="Wait"/> runs.</param>
    /// <returns>Null where the system cannot.</returns>
    public static RingReceiver? TryCreate(Socket socket, Waker waker, byte[] buffer)
    {
        if (LinuxRing.TryCreate(entries: 4) is not { } ring)
        {
            return null;
        }

        socket.Blocking = true;
        return new RingReceiver(ring, socket, waker, buffer);
    }

    /// <summary>Waits for a datagram or a wake-up.</summary>
    /// <param name="timeout">How long at most; zero only looks, negative waits for ever.</param>
    /// <param name="outcome">Bytes that were received, the negative errno of what was instead, or null for nothing.</param>
    /// <param name="woken">Whether the waker's descriptor has become readable.</param>
    /// <returns>False if the kernel cannot do it after all.</returns>
    public bool Wait(TimeSpan timeout, out int? outcome, out bool woken)
    {
        (outcome, woken) = (null, false);
        if (!_isReceiving)
        {
            _isReceiving = true;
            _ring.Add(new LinuxRing.Request
            {
                Operation = LinuxRing.Request.ReceiveMessage,
                Descriptor = (int)_socket.SafeHandle.DangerousGetHandle(),
                Address = _pending.Prepare(),
                Length = 1,
                Tag = DatagramTag,
            });
        }

        if (!_isWatching)
        {
            _isWatching = true;
            _ring.Add(new LinuxRing.Request
            {
                Operation = LinuxRing.Request.Poll,
                Descriptor = _waker.Descriptor,
                Flags = (uint)LinuxSocketCalls.PollDescriptor.Readable,
                Tag = WakerTag,
            });
        }

        if (!_ring.Enter(timeout))
        {
            _isBroken = true;
            return false;
        }

        while (_ring.TryTake(out ulong tag, out int value))
        {
            switch (tag)
            {
                case DatagramTag:
                    (_isReceiving, outcome) = (false, value);
                    break;
                case WakerTag:
                    _isWatching = false;
                    woken = true;
                    break;
            }
        }

        return true;
    }

    /// <summary>What the kernel said of the datagram that <see cref="Wait"/> received.</summary>
    public void Read(int length, out ReceivedMessage message, out DatagramAddress from) =>
        _pending.Read(_socket.AddressFamily == AddressFamily.InterNetwork, length, out message, out from);

    /// <summary>Ends what the kernel has still to do, so that it does not write into memory that is somebody else's by then.</summary>
    /// <returns>What had come meanwhile, as <see cref="Wait"/> tells it.</returns>
    public int? Cancel()
    {
        int? outcome = null;
        if (_isReceiving && !_isBroken)
        {
            _ring.Add(new LinuxRing.Request { Operation = LinuxRing.Request.Cancel, Address = (void*)DatagramTag, Tag = CancelTag });
            long started = Stopwatch.GetTimestamp();
            while (_isReceiving && Stopwatch.GetElapsedTime(started) < CancelTimeout && _ring.Enter(CancelStep))
            {
                while (_ring.TryTake(out ulong tag, out int value))
                {
                    if (tag == DatagramTag)
                    {
                        (_isReceiving, outcome) = (false, value == -ErrorCanceled ? null : value);
                    }
                }
            }
        }

        if (_isReceiving)
        {
            // The kernel did not answer: then the memory stays for ever.
            _pending.Keep();
        }

        return outcome;
    }

    /// <inheritdoc/>
    public void Dispose() => _ring.Dispose();
}
