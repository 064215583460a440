using System.Net.Sockets;

namespace NetLab.Udp.Sockets;

/// <summary>
/// Waits until a socket has something to read, a time has passed, or another thread calls <see cref="Wake"/>.
/// One thread waits; any thread wakes.
/// </summary>
public sealed class DatagramPoller : IDisposable
{
    private readonly Dictionary<Socket, DatagramSocket> _sockets = [];
    private readonly List<Socket> _readable = [];
    private readonly List<Socket> _writable = [];
    private readonly List<Socket> _failed = [];

    private readonly Waker _waker;
    private LinuxSocketCalls.PollDescriptor[] _descriptors = new LinuxSocketCalls.PollDescriptor[8];
    private DatagramSocket? _single;
    private int _woken;

    /// <summary>Makes a poller that watches nothing yet.</summary>
    public DatagramPoller()
        : this(Waker.Create())
    {
    }

    internal DatagramPoller(Waker waker) => _waker = waker;

    /// <summary>
    /// Where a wait for a single socket may receive by itself, so that whoever waits need not ask again: pinned memory of at least
    /// <see cref="DatagramSocket.ReceiveBufferLength"/> bytes, best the buffer that <see cref="DatagramSocket.TryReceive"/> is called with.
    /// It is written to during <see cref="Wait"/> only. Null: a wait receives nothing. Needs io_uring of Linux 6.1; elsewhere it is not used.
    /// All waits are made by one thread then, which disposes of the poller, too, and before the socket.
    /// </summary>
    public byte[]? ReceiveBuffer { get; init; }

    /// <summary>Watches a socket from the next wait on.</summary>
    public void Add(DatagramSocket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _sockets.Add(socket.Socket, socket);
        _single = _sockets.Count == 1 ? socket : null;
    }

    /// <summary>Stops watching a socket.</summary>
    public void Remove(DatagramSocket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _sockets.Remove(socket.Socket);
        _single = _sockets.Count == 1 ? _sockets.Values.First() : null;
    }

    /// <summary>Blocks until something is to be done.</summary>
    /// <param name="timeout">How long at most; zero looks and returns, negative waits for ever.</param>
    /// <param name="readable">Receives the sockets that have something to read; cleared first.</param>
    /// <param name="blockedSender">One of the watched sockets, whose full send buffer is waited for as well; or null.</param>
    public void Wait(TimeSpan timeout, ICollection<DatagramSocket> readable, DatagramSocket? blockedSender = null)
    {
        ArgumentNullException.ThrowIfNull(readable);
        readable.Clear();
        foreach (DatagramSocket socket in _sockets.Values)
        {
            if (socket.HasWaiting)
            {
                // In this process already: the system has nothing to tell of it, and nothing is waited for.
                readable.Add(socket);
            }
        }

        if (readable.Count > 0)
        {
            return;
        }

        if (ReceiveBuffer is { } buffer && blockedSender is null && _single is { } single && single.TryWait(timeout, _waker, buffer, out bool woken))
        {
            if (woken)
            {
                DrainWaker();
            }

            if (single.HasWaiting)
            {
                readable.Add(single);
            }
        }
        else if (LinuxSocketCalls.IsSupported)
        {
            Poll(timeout, readable, blockedSender);
        }
        else
        {
            Select(timeout, readable, blockedSender);
        }
    }

    /// <summary>
    /// Lets time pass, whatever comes to the sockets: for whoever knows that much comes, and that nothing of it is to be done at once. A
    /// <see cref="Wake"/> ends it.
    /// </summary>
    /// <param name="time">How long.</param>
    public void Pause(TimeSpan time)
    {
        if (LinuxSocketCalls.IsSupported)
        {
            LinuxSocketCalls.PollDescriptor waker = Descriptor(_waker.Descriptor, 0);
            LinuxSocketCalls.Poll(new Span<LinuxSocketCalls.PollDescriptor>(ref waker), time);
            if (waker.Happened != 0)
            {
                DrainWaker();
            }
        }
        else if (((DatagramWaker)_waker).Socket.Poll(time, SelectMode.SelectRead))
        {
            DrainWaker();
        }
    }

    /// <summary>
    /// Ends the present wait, or the next one if none is under way. Cheap when already woken. Where the system fails to carry the
    /// wake-up, the next one tries again.
    /// </summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 0 && !_waker.TryWake())
        {
            Interlocked.Exchange(ref _woken, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ReceiveBuffer is not null)
        {
            foreach (DatagramSocket socket in _sockets.Values)
            {
                socket.StopWaiting();
            }
        }

        _waker.Dispose();
    }

    private void DrainWaker()
    {
        _waker.Drain();

        // Cleared after the wake-up is taken: a Wake from here on makes a new one, so none is ever missed. A full fence, as
        // what the waker wrote before must be seen by whoever looks after this.
        Interlocked.Exchange(ref _woken, 0);
    }

    private void Poll(TimeSpan timeout, ICollection<DatagramSocket> readable, DatagramSocket? blockedSender)
    {
        if (_descriptors.Length < _sockets.Count + 1)
        {
            _descriptors = new LinuxSocketCalls.PollDescriptor[2 * (_sockets.Count + 1)];
        }

        int count = 0;
        foreach ((Socket socket, DatagramSocket owner) in _sockets)
        {
            short writable = owner == blockedSender ? LinuxSocketCalls.PollDescriptor.Writable : (short)0;
            _descriptors[count++] = Descriptor((int)socket.SafeHandle.DangerousGetHandle(), writable);
        }

        _descriptors[count++] = Descriptor(_waker.Descriptor, 0);
        LinuxSocketCalls.Poll(_descriptors.AsSpan(0, count), timeout);
        if (_descriptors[count - 1].Happened != 0)
        {
            DrainWaker();
        }

        int index = 0;
        foreach (DatagramSocket owner in _sockets.Values)
        {
            // Errors, such as an ICMP answer that waits, are something to receive too.
            if ((_descriptors[index++].Happened & ~LinuxSocketCalls.PollDescriptor.Writable) != 0)
            {
                readable.Add(owner);
            }
        }
    }

    private static LinuxSocketCalls.PollDescriptor Descriptor(int descriptor, short also) => new()
    {
        Descriptor = descriptor,
        Wanted = (short)(LinuxSocketCalls.PollDescriptor.Readable | also),
    };

    private void Select(TimeSpan timeout, ICollection<DatagramSocket> readable, DatagramSocket? blockedSender)
    {
        _readable.Clear();
        _readable.AddRange(_sockets.Keys);
        var waker = (DatagramWaker)_waker;
        _readable.Add(waker.Socket);
        _writable.Clear();
        _failed.Clear();
        _failed.AddRange(_sockets.Keys);
        if (blockedSender is not null)
        {
            _writable.Add(blockedSender.Socket);
        }

        if (timeout < TimeSpan.Zero)
        {
            timeout = Timeout.InfiniteTimeSpan;
        }
        else if (timeout.TotalMicroseconds > int.MaxValue)
        {
            timeout = TimeSpan.FromMicroseconds(int.MaxValue);
        }

        Socket.Select(_readable, _writable, _failed, timeout);

        // An error that waits, such as an ICMP answer, is something to receive too.
        foreach (Socket socket in _failed)
        {
            readable.Add(_sockets[socket]);
        }

        foreach (Socket socket in _readable)
        {
            if (socket == waker.Socket)
            {
                DrainWaker();
            }
            else if (!_failed.Contains(socket))
            {
                readable.Add(_sockets[socket]);
            }
        }
    }
}
