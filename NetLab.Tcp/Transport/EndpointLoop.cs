using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Options;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <summary>
/// The loop of an endpoint: the one thread that touches its machines and its carrier, so nothing is locked. Others leave commands and
/// signals and wake it. Whatever ends it, everybody who waits for it is told.
/// </summary>
#pragma warning disable CA1001 // The loop itself disposes of what it owns, when it ends.
internal sealed class EndpointLoop
#pragma warning restore CA1001
{
    // Under a load that never pauses the timers get their turn all the same: every 64 batches, a few milliseconds at most.
    private const int MaxTurnsWithoutTimers = 16;

    private readonly Carrier _carrier;
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly Demultiplexer _demultiplexer;
    private readonly EndpointInput _input;
    private readonly EndpointOutput _output;
    private readonly EndpointListening _listening;
    private readonly EndpointClosing _closing = new();
    private readonly GuardedTap _tap;
    private readonly ConnectionSetup _setup;
    private readonly LoopInbox _inbox = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<TcpConnection> _connections = [];
    private readonly LoopScheduler _scheduler;
    private readonly OverflowWarning _overflow;
    private readonly Thread _thread;
    private Instant _trimAt = Instant.Never;
    private volatile bool _ended;

    /// <summary>Starts a loop for a carrier, which is the loop's from now on.</summary>
    /// <param name="carrier">The carrier.</param>
    /// <param name="options">How the endpoint is set up.</param>
    /// <param name="keepsSocket">
    /// Whether the carrier stays open when the loop has ended, until <see cref="CloseSocket"/>: where several share a port, one that goes
    /// makes the system hand out the peers of the others anew.
    /// </param>
    public EndpointLoop(Carrier carrier, TcpEndpointOptions options, bool keepsSocket)
    {
        _carrier = carrier;
        Options = options;
        KeepsSocket = keepsSocket;
        Span<byte> secret = stackalloc byte[16];
        RandomNumberGenerator.Fill(secret);
        _demultiplexer = new Demultiplexer(new EndpointSecrets(BitConverter.ToUInt64(secret), BitConverter.ToUInt64(secret[8..])), new MemoryBudget(options.MemoryLimit, options.SharedMemory), carrier.IsShared ? 0 : Demultiplexer.DefaultResetsPerSecond)
        {
            Entered = Attach,
            Left = entry => options.Meter.Connections.Remove(entry.Connection.Statistics),
        };
        options.Meter.Endpoints.Add(_demultiplexer.Statistics);
        options.Meter.Memory.Add(_demultiplexer.Memory.Statistics);
        Logger = options.LoggerFactory.CreateLogger(TcpLog.Category);
        _overflow = new OverflowWarning(_demultiplexer.Statistics, _clock, Logger, carrier.LocalEndPoint);
        _setup = new ConnectionSetup(options.Connection, carrier, Logger);
        _listening = new EndpointListening(this, _demultiplexer, connection => _connections.Add(connection));
        _tap = new GuardedTap(options.Tap, Logger, carrier.LocalEndPoint);
        _input = new EndpointInput(carrier, _demultiplexer, _tap, _clock, options);
        _output = new EndpointOutput(carrier, _demultiplexer, _tap, _clock);
        _scheduler = new LoopScheduler(Wake);
        Pipes = new ConnectionPipes(options, ApplicationScheduler, _demultiplexer.Memory);
        _thread = new Thread(Run) { IsBackground = true, Name = $"tcp endpoint {carrier.LocalEndPoint}" };
        TcpLog.Bound(Logger, carrier.LocalEndPoint);
        _thread.Start();
    }

    /// <summary>How the endpoint is set up.</summary>
    public TcpEndpointOptions Options { get; }

    /// <summary>Whether the socket outlives the loop.</summary>
    public bool KeepsSocket { get; }

    /// <summary>The carrier's address.</summary>
    public IPEndPoint LocalEndPoint => _carrier.LocalEndPoint;

    /// <summary>What happened to datagrams that belong to no connection.</summary>
    public DemultiplexerStatistics Statistics => _demultiplexer.Statistics;

    /// <summary>What has passed through the socket.</summary>
    public DatagramSocketStatistics SocketStatistics => _carrier.Statistics;

    /// <summary>What its connections hold together.</summary>
    public MemoryBudget Memory => _demultiplexer.Memory;

    /// <summary>What the tap threw, if it did.</summary>
    public Exception? TapFailure => _tap.Failure;

    /// <summary>Completes when the loop has ended; fails if it ended by an error.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Whether the loop has ended, or is about to: what is posted from now on may never be run.</summary>
    public bool HasEnded => _ended;

    /// <summary>Whether the caller is the loop.</summary>
    public bool IsCurrent => Environment.CurrentManagedThreadId == _thread.ManagedThreadId;

    /// <summary>The pipes of its connections.</summary>
    public ConnectionPipes Pipes { get; }

    /// <summary>Where it writes what happens.</summary>
    public ILogger Logger { get; }

    /// <summary>Where applications go on when what they waited for has come.</summary>
    public PipeScheduler ApplicationScheduler => Options.UnsafePreferInlineScheduling ? _scheduler : PipeScheduler.ThreadPool;

    /// <summary>The present moment.</summary>
    public Instant Now => _clock.Now;

    /// <summary>Opens a connection.</summary>
    /// <param name="connection">The application's side of it.</param>
    /// <param name="remote">The peer.</param>
    /// <param name="port">The peer's TCP port.</param>
    /// <param name="options">How it behaves; null for as the endpoint's others.</param>
    public void Open(TcpConnection connection, IPEndPoint remote, ushort port, ConnectionOptions? options)
    {
        var peer = DatagramAddress.From(remote);
        ConnectionOptions fitted = _setup.For(peer, options);
        Post(() =>
        {
            if (connection.IsAborting)
            {
                // Given up before it began: nothing is sent for it.
                connection.Fail(new OperationCanceledException("The connection was given up before it was opened."));
                return;
            }

            _connections.Add(connection);
            try
            {
                _demultiplexer.Open(_clock.Now, peer, port, fitted, connection);
            }
            catch (Exception error)
            {
                connection.Fail(error);
            }
        });
        if (_ended)
        {
            connection.Fail(new ObjectDisposedException(nameof(TcpEndpoint)));
        }
    }

    /// <summary>Answers connection requests, on the loop before this returns: a SYN that arrives right after finds the listener.</summary>
    /// <param name="port">The TCP port; null for any.</param>
    /// <param name="backlog">How many connections may be half open or not yet accepted.</param>
    /// <param name="accepted">Where they go; completed when the loop ends.</param>
    /// <param name="options">How they behave; null for as the endpoint's others.</param>
    /// <exception cref="InvalidOperationException">It does already.</exception>
    /// <exception cref="ObjectDisposedException">The endpoint has ended.</exception>
    public void Listen(ushort? port, int backlog, ChannelWriter<TcpConnection> accepted, ConnectionOptions? options) =>
        _listening.Begin(port, backlog, accepted, _setup.ForBoth(options));

    /// <summary>Answers no more connection requests; whoever has not been accepted is reset.</summary>
    /// <param name="accepted">Where those went that were accepted.</param>
    public void StopListening(ChannelWriter<TcpConnection> accepted) => Post(() => _listening.Stop(accepted));

    /// <summary>Ends the loop once its connections have said their goodbyes, or have had the time for it.</summary>
    public void Close() => Post(() =>
    {
        _demultiplexer.StopListening();
        _closing.Begin(_clock.Now, Options.Linger);
    });

    /// <summary>Closes a carrier that outlived its loop.</summary>
    public void CloseSocket() => _carrier.Dispose();

    /// <summary>An application did something to its pipes: the loop looks at them.</summary>
    public void Signal(TcpConnection connection)
    {
        _inbox.Add(connection);
        Wake();
    }

    /// <summary>Has a connection told when what there is to send was sent, in this turn or, from outside of one, in the next; for the loop's own thread.</summary>
    public void AwaitTransmission(TcpConnection connection) => _inbox.AddAwaiting(connection);

    /// <summary>A connection is over.</summary>
    /// <param name="connection">Which.</param>
    /// <param name="aborted">Whether this side broke it off.</param>
    public void Forget(TcpConnection connection, bool aborted)
    {
        // On the loop it is one of ours; a connection that a caller fails after the end was never added.
        if (IsCurrent)
        {
            _connections.Remove(connection);
            if (aborted)
            {
                _closing.OnReset();
            }
        }
    }

    /// <summary>Has something done on the loop.</summary>
    /// <returns>False once the loop has ended: then it may be done never.</returns>
    public bool TryPost(Action command)
    {
        Post(command);
        return !_ended;
    }

    private void Attach(ConnectionEntry entry)
    {
        (entry.Connection.Handler as TcpConnection)?.Attach(entry);
        Options.Meter.Connections.Add(entry.Connection.Statistics);
    }

    private void Post(Action command)
    {
        _inbox.Add(command);
        Wake();
    }

    // The loop itself looks for what there is to do before it waits.
    private void Wake()
    {
        if (!IsCurrent)
        {
            _carrier.Wake();
        }
    }

    private void Run()
    {
        Exception? failure = null;
        try
        {
            int turnsWithoutTimers = 0;
            while (true)
            {
                RunCommands();
                bool more = _input.Receive();
                RunApplications();
                RunSignals();
                _overflow.Check();
                turnsWithoutTimers = more ? turnsWithoutTimers + 1 : 0;
                if (turnsWithoutTimers % MaxTurnsWithoutTimers == 0)
                {
                    // What has arrived and not been looked at may be what a timer waits for.
                    Instant now = _clock.Now;
                    _demultiplexer.Timeout(now);
                    _trimAt = Pipes.Trim(now);
                }

                _output.Transmit();
                _inbox.TellTransmitted();

                if (_closing.HasBegun && _closing.IsOver(_clock.Now, _connections.Count > 0 || _output.IsBlocked || _inbox.HasCommands, _demultiplexer.Count))
                {
                    break;
                }

                if (!more && _scheduler.IsIdle && _inbox.IsEmpty && (_output.IsBlocked || !_input.KeepsLooking()))
                {
                    _carrier.Wait(UntilNextTimer(), _output.IsBlocked);
                }
            }
        }
        catch (Exception error)
        {
            // Nobody else would hear of it: every connection and the owner are told.
            failure = error;
        }

        End(failure);
    }

    private TimeSpan UntilNextTimer() => _clock.Until(Instant.Min(Instant.Min(_demultiplexer.NextTimeout, _trimAt), _closing.NextDeadline));

    private void RunCommands()
    {
        _inbox.RunCommands();
        RunSignals();
    }

    // What one has written is sent before the next one writes: it is still in the processor's cache then. The others' acknowledgments wait
    // for their own applications, whose answers may carry them. What this makes wait in turn has to wait for the next time.
    private void RunApplications()
    {
        for (int left = _scheduler.Waiting; left > 0 && _scheduler.RunNext(); left--)
        {
            while (_inbox.TryTakeSignal(out TcpConnection? connection))
            {
                if (LookAt(connection) is { } entry)
                {
                    _output.Transmit(entry);
                }
            }
        }
    }

    private void RunSignals()
    {
        while (_inbox.TryTakeSignal(out TcpConnection? connection))
        {
            LookAt(connection);
        }
    }

    private ConnectionEntry? LookAt(TcpConnection connection)
    {
        connection.OnSignal();
        if (connection.Entry is { } entry)
        {
            _demultiplexer.MarkReady(entry);
        }

        return connection.Entry;
    }

    private void End(Exception? failure)
    {
        // From here on callers look for themselves; what they posted before is run, so that nobody waits for ever.
        _ended = true;
        Attempt(RunCommands, ref failure);
        if (failure is null)
        {
            // Whoever is still here outstayed the linger: reset, so that the peer does not wait for its own timeout. After a failure
            // nothing is known of the machines, and they say nothing more.
            Attempt(ResetAll, ref failure);
        }

        Exception reason = failure ?? new ObjectDisposedException(nameof(TcpEndpoint));
        foreach (TcpConnection connection in _connections.ToList())
        {
            Attempt(() => connection.Fail(reason), ref failure);
        }

        _listening.End(failure);

        // Who waited for a pipe learns of its end here or nowhere.
        _scheduler.End();
        _carrier.EndWaits();
        if (!KeepsSocket)
        {
            _carrier.Dispose();
        }

        Pipes.Dispose();
        foreach (ConnectionEntry entry in _demultiplexer.Entries)
        {
            Options.Meter.Connections.Remove(entry.Connection.Statistics);
        }

        Options.Meter.Endpoints.Remove(Statistics);
        Memory.Close();
        Options.Meter.Memory.Remove(_demultiplexer.Memory.Statistics);
        if (failure is null)
        {
            TcpLog.Closed(Logger, LocalEndPoint);
            _completion.TrySetResult();
        }
        else
        {
            // Before it is written down: a log that fails, too, must not keep the owner from hearing of it.
            _completion.TrySetException(failure);
            Attempt(() => TcpLog.Failed(Logger, LocalEndPoint, failure), ref failure);
        }
    }

    private void ResetAll()
    {
        foreach (TcpConnection connection in _connections.ToList())
        {
            if (connection.Entry is { } entry)
            {
                entry.Connection.Abort();
                _demultiplexer.MarkReady(entry);
            }
        }

        _output.Transmit();
    }

    // The loop's thread has nobody above it: what got out of here would end the process.
    private static void Attempt(Action action, ref Exception? failure)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            failure ??= error;
        }
    }
}
