using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Settings;
using NetLab.Tcp.Simulation.Drill.Wire;

namespace NetLab.Tcp.Simulation.Drill.Sockets;

/// <summary>The sockets of the script's application by the script's numbers, and the calls that open and close them.</summary>
/// <param name="machine">The machine under test.</param>
/// <param name="system">The system's settings.</param>
/// <param name="foresight">What the script says later.</param>
internal sealed class SocketTable(DrillMachine machine, SystemSettings system, ScriptForesight foresight)
{
    private const int MaxSockets = 1000;

    private readonly Dictionary<long, DrillSocket> _sockets = [];
    private readonly List<DrillStream> _waiting = [];
    private DrillSocket? _listener;

    /// <summary>The system's settings.</summary>
    public SystemSettings System => system;

    /// <summary>The machine under test.</summary>
    public DrillMachine Machine => machine;

    /// <summary>The sets of sockets that are waited for.</summary>
    public EpollSets Epoll { get; } = new();

    /// <summary>Whether a socket listens.</summary>
    public bool HasListener => _listener is not null;

    /// <summary>The connection that assertions are about: the last one that a call was made on, else the last there is.</summary>
    public DrillStream? Current { get; private set; }

    /// <summary>The socket of a call; null if there is none of that number.</summary>
    public DrillSocket? Find(DrillCall call, int line, int argument = 0)
    {
        long number = CallArguments.Number(call, argument, line);
        DrillSocket? socket = _sockets.GetValueOrDefault(number);
        if (socket?.Stream is { } stream)
        {
            Current = stream;
        }

        return socket;
    }

    /// <summary>The socket of a number; null if there is none.</summary>
    public DrillSocket? Find(long number) => _sockets.GetValueOrDefault(number);

    /// <summary>How long a call that waits does so at most; null for as long as it takes.</summary>
    public TimeSpan? PatienceOf(DrillCall call, int line) => call.Name switch
    {
        "accept" or "accept4" or "read" or "recv" or "recvfrom" or "readv" or "recvmsg" => Find(call, line)?.ReceiveTimeout,
        "connect" or "write" or "send" or "sendto" or "writev" or "sendmsg" or "sendfile" => Find(call, line)?.SendTimeout,
        _ => null,
    };

    /// <summary>Opens a socket under the number that the script expects.</summary>
    public CallResult Open(DrillCall call, int line)
    {
        string domain = CallArguments.Text(call, 0);
        string type = CallArguments.Text(call, 1);
        string protocol = CallArguments.Text(call, 2);
        if (type.Contains("SOCK_DGRAM", StringComparison.Ordinal) || type.Contains("SOCK_RAW", StringComparison.Ordinal)
            || protocol is "IPPROTO_UDP" or "IPPROTO_SCTP" or "IPPROTO_MPTCP" or "IPPROTO_UDPLITE" || domain is "AF_UNIX")
        {
            throw new DrillUnsupportedException(line, $"a socket of {type} {protocol}: the machine has TCP sockets only");
        }

        var socket = new DrillSocket();
        if (type.Contains("SOCK_NONBLOCK", StringComparison.Ordinal))
        {
            socket.StatusFlags |= CallArguments.NonBlocking(system.System);
        }

        return Add(call, socket, line);
    }

    /// <summary>open: a file, which has as many zeros as anybody wants.</summary>
    public CallResult OpenFile(DrillCall call, int line) => Add(call, new DrillSocket(), line);

    /// <summary>bind.</summary>
    public CallResult Bind(DrillCall call, int line)
    {
        if (Find(call, line) is not { } socket)
        {
            return CallResult.Failed("EBADF");
        }

        if (socket.IsBound || socket.Stream is not null)
        {
            return CallResult.Failed("EINVAL");
        }

        socket.IsBound = true;
        return CallResult.Done();
    }

    /// <summary>listen.</summary>
    public CallResult Listen(DrillCall call, int line, int index)
    {
        if (Find(call, line) is not { } socket)
        {
            return CallResult.Failed("EBADF");
        }

        if (socket.Stream is not null)
        {
            return CallResult.Failed("EINVAL");
        }

        if (socket.IsListening)
        {
            return CallResult.Done();
        }

        int backlog = (int)Math.Clamp(CallArguments.Number(call, 1, line), 1, 4096);
        SocketSettings settings = foresight.OfAccepted(index, socket.Settings, call);

        // Linux has room for one more than it is told, FreeBSD for half as many more.
        backlog += system.System == DrillSystem.FreeBsd ? Math.Max(1, backlog / 2) : 1;
        if (!machine.TryListen(Options(settings, foresight.NextSyn(index), foresight.NextPeerSyn(index), line), backlog))
        {
            throw new DrillUnsupportedException(line, "two listening sockets at once: the machine has one listener");
        }

        socket.IsListening = true;
        _listener = socket;
        return CallResult.Done();
    }

    /// <summary>connect.</summary>
    public CallResult Connect(DrillCall call, int line, int index)
    {
        if (Find(call, line) is not { } socket)
        {
            return CallResult.Failed("EBADF");
        }

        if (socket.IsListening)
        {
            return CallResult.Failed(system.System == DrillSystem.FreeBsd ? "EOPNOTSUPP" : "EISCONN");
        }

        if (socket.Stream is null)
        {
            socket.Stream = Current = new DrillStream { IsCorked = socket.IsCorked };
            socket.IsActive = true;
            SocketSettings settings = foresight.OfSocket(index, socket.Settings, call);
            machine.Connect(Options(settings, foresight.NextSyn(index), null, line), socket.Stream);
            if ((settings.ConnectTimeout ?? system.ConnectTimeout) is { } limit)
            {
                DrillStream stream = socket.Stream;
                machine.SetAlarm(machine.Now + limit, () => stream.Do(c =>
                {
                    if (!stream.IsEstablished)
                    {
                        c.Teardown.Abort(Events.CloseReason.TimedOut);
                    }
                }));
            }

            return CallResult.Waits("EINPROGRESS");
        }

        return ConnectAgain(socket);
    }

    /// <summary>What a connect that is under way has come to.</summary>
    public static CallResult ConnectAgain(DrillSocket socket)
    {
        if (socket.IsConnecting)
        {
            return CallResult.Waits("EALREADY");
        }

        if (socket.TakeError() is { } error)
        {
            return CallResult.Failed(error);
        }

        if (socket.ConnectTold || socket.Stream is not { IsEstablished: true })
        {
            return CallResult.Failed(socket.Stream is { IsEstablished: true } ? "EISCONN" : "ECONNABORTED");
        }

        socket.ConnectTold = true;
        return CallResult.Done();
    }

    /// <summary>accept.</summary>
    public CallResult Accept(DrillCall call, int line)
    {
        if (Find(call, line) is not { } socket)
        {
            return CallResult.Failed("EBADF");
        }

        if (!socket.IsListening)
        {
            return CallResult.Failed("EINVAL");
        }

        CollectWelcomed();
        DrillStream? stream = _waiting.Find(s => s.IsEstablished);
        if (stream is null)
        {
            return CallResult.Waits(system.System == DrillSystem.FreeBsd ? "EWOULDBLOCK" : "EAGAIN");
        }

        _waiting.Remove(stream);
        DrillMachine.Accept(stream);
        if (system.System == DrillSystem.FreeBsd && stream.Ended is Events.CloseReason.Reset)
        {
            return CallResult.Failed("ECONNABORTED");
        }

        Current = stream;
        stream.IsCorked = socket.IsCorked;
        stream.Do(c => c.Nagle &= socket.Settings.NoDelay != true);
        return Add(call, new DrillSocket { Stream = stream, IsCorked = socket.IsCorked, ConnectTold = true, IsBound = true, Settings = socket.Settings, Linger = socket.Linger, ReceiveTimeout = socket.ReceiveTimeout, SendTimeout = socket.SendTimeout }, line);
    }

    /// <summary>close.</summary>
    public CallResult Close(DrillCall call, int line)
    {
        long number = CallArguments.Number(call, 0, line);
        if (Find(call, line) is not { } socket)
        {
            return CallResult.Failed("EBADF");
        }

        _sockets.Remove(number);
        if (socket.IsListening)
        {
            machine.StopListening();
            _listener = null;
        }

        if (socket.Stream is { } stream)
        {
            bool aborts = socket.Linger == TimeSpan.Zero;
            stream.IsCorked = false;
            stream.Write(0);
            stream.Do(c =>
            {
                if (aborts)
                {
                    c.Abort();
                }
                else
                {
                    c.Close(machine.Now);
                }
            });
            machine.Flush();
        }

        return CallResult.Done();
    }

    /// <summary>Notes connections whose handshake has begun.</summary>
    public void CollectWelcomed()
    {
        while (machine.Welcomed.TryDequeue(out DrillStream? stream))
        {
            _waiting.Add(stream);
            Current = stream;
        }
    }

    /// <summary>Whether a listening socket has a connection to give.</summary>
    public bool HasWaiting(DrillSocket socket)
    {
        CollectWelcomed();
        return socket == _listener && _waiting.Exists(s => s.IsEstablished);
    }

    private ConnectionOptions Options(SocketSettings settings, DrillPacket? syn, DrillPacket? peer, int line)
    {
        ConnectionOptions options = OptionsBuilder.Build(system, settings, syn, peer, foresight.ShowsAccurateEcnOption);
        return options.Validate() is { } problem ? throw new DrillUnsupportedException(line, $"the options set here: {problem}") : options;
    }

    private CallResult Add(DrillCall call, DrillSocket socket, int line)
    {
        if (_sockets.Count >= MaxSockets)
        {
            throw new DrillUnsupportedException(line, $"more than {MaxSockets} sockets at once");
        }

        long number = call.Returns is >= 0 and { } wanted ? wanted : FirstFree();
        if (!_sockets.TryAdd(number, socket))
        {
            number = FirstFree();
            _sockets.Add(number, socket);
        }

        return CallResult.Done(number);
    }

    private long FirstFree()
    {
        long number = 3;
        while (_sockets.ContainsKey(number))
        {
            number++;
        }

        return number;
    }
}
