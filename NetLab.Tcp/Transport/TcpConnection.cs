using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using NetLab.Tcp.Connections;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;

namespace NetLab.Tcp.Transport;

/// <summary>
/// A connection of NetLab's TCP as .NET knows connections: a duplex pipe.
/// </summary>
/// <remarks>
/// The pipe is the buffer. Written bytes stay in the output pipe until the peer acknowledged them, so a flush that waits
/// is the send buffer being full; received bytes go to the input pipe, and its free room is the receive window.
/// <para>
/// The close contract: completing the output sends a FIN behind what was written; the input then still delivers, and ends
/// when the peer's FIN comes. Disposing closes both ways and leaves the goodbyes to the endpoint; if bytes were left
/// unread, or still arrive, the peer gets a RST. <see cref="Abort(ConnectionAbortedException)"/> sends a RST at once.
/// A reset, a timeout or an abort shows as an exception from the pipes.
/// </para>
/// </remarks>
public sealed class TcpConnection : ConnectionContext, IConnectionHandler
{
    private readonly EndpointLoop _loop;
    private readonly ReceivePipe _receive;
    private readonly SendPipe _send;
    private readonly ShutdownRequest _shutdown = new();
    private readonly ConnectionReport _report;
    private readonly AcknowledgmentWaiters _waiters = new();
    private readonly ClosedSignal _closed = new();
    private readonly HandshakeOutcome _established;
    private readonly TaskCompletionSource<CloseReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allAcknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDictionary<object, object?>? _items;
    private IFeatureCollection? _features;
    private string? _id;
    private CancellationToken? _connectionClosed;
    private int _signaled;
    private int _over;
    private volatile bool _isClosing;

    internal TcpConnection(EndpointLoop loop, IPEndPoint remote, ChannelWriter<TcpConnection>? acceptQueue)
    {
        _loop = loop;
        AcceptQueue = acceptQueue;
        ConnectionOptions options = loop.Options.Connection;

        // On the loop, who waits for it goes on there; see OnEstablished.
        _established = new HandshakeOutcome(inline: loop.Options.UnsafePreferInlineScheduling);
        _receive = new ReceivePipe(loop.Pipes.Input, options.ReceiveBufferSize, Signal);
        _send = new SendPipe(loop.Pipes, options.UnsentLowWaterMark is not null, Signal);
        Transport = new DuplexPipe(_receive.Reader, _send.Writer);
        LocalEndPoint = loop.LocalEndPoint;
        RemoteEndPoint = remote;
        _report = new ConnectionReport(loop.Options.Meter, loop.Logger, loop.LocalEndPoint, remote, isPassive: acceptQueue is not null, loop.Now);
    }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _id ??= Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        set => _id = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _features ??= ConnectionFeatures.Of(this);

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed
    {
        get => _connectionClosed ?? _closed.Token;
        set => _connectionClosed = value;
    }

    /// <summary>What the connection has done so far.</summary>
    public ConnectionStatistics Statistics => Entry?.Connection.Statistics ?? new ConnectionStatistics();

    /// <summary>The congestion window in bytes, a moment ago; 0 before the first segment.</summary>
    public long CongestionWindow => Entry?.Connection.CongestionWindow ?? 0;

    /// <summary>What is known of the path, and how much may be sent, a moment ago; null before the first segment.</summary>
    public ConnectionMetrics? Metrics => Entry?.Connection.Metrics;

    /// <summary>The congestion control's name, as iperf3 and the kernel write it; null before the first segment.</summary>
    public string? CongestionControl => Entry?.Connection.CongestionControl;

    /// <summary>
    /// How long disposing waits for the peer to acknowledge all that was written and the FIN, as SO_LINGER does: null does not
    /// wait, zero sends a RST instead of a FIN. What is not acknowledged by then is still sent after disposing.
    /// </summary>
    public TimeSpan? Linger { get; set; }

    /// <summary>Completes when the connection is over, with the reason; TIME-WAIT counts as over.</summary>
    public Task<CloseReason> Ended => _ended.Task;

    internal MemoryPool<byte> ServerPool => _loop.Pipes.ServerPool;

    internal ConnectionEntry? Entry { get; private set; }

    internal ChannelWriter<TcpConnection>? AcceptQueue { get; }

    internal Task Established => _established.Task;

    /// <summary>Whether the application has asked for an abort.</summary>
    internal bool IsAborting => _shutdown.AbortReason is not null;

    /// <summary>Called once the application is done with the connection, or it is over; perhaps twice. Null for nobody.</summary>
    internal Action? Released { get; set; }

    /// <inheritdoc/>
    public override void Abort() => Abort(new ConnectionAbortedException("The application aborted the connection."));

    /// <inheritdoc/>
    /// <remarks>The reason is what reads and flushes throw on this side; the first one given stays. An abort wins over a close.</remarks>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        // Middleware aborts without a reason too, against the annotation.
        _shutdown.RequestAbort(abortReason ?? new ConnectionAbortedException("The application aborted the connection."));
        Signal();
    }

    /// <summary>Closes both ways; see the close contract.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Linger == TimeSpan.Zero)
        {
            Abort();
        }

        _isClosing = true;
        await Transport.Output.CompleteAsync().ConfigureAwait(false);

        // Before the input is completed: from then on unread bytes count as discarded, and the peer must learn of them.
        _shutdown.RequestClose();
        await Transport.Input.CompleteAsync().ConfigureAwait(false);

        Signal();
        if (Linger is { } linger && linger > TimeSpan.Zero)
        {
            // Not a failure: who lingers has asked for this long and no longer.
            await Task.WhenAny(_allAcknowledged.Task, Task.Delay(linger)).ConfigureAwait(false);
        }

        Released?.Invoke();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Waits until the peer's TCP has acknowledged all that was written and flushed before: it is there, though perhaps not read yet.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting; nothing is taken back.</param>
    /// <exception cref="IOException">The connection ended before that.</exception>
    public Task WaitForAcknowledgedAsync(CancellationToken cancellationToken = default)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_ended.Task is { IsCompleted: true } ended)
        {
            AcknowledgmentWaiters.Complete(waiter, ended.GetAwaiter().GetResult());
        }
        else if (!_loop.TryPost(() => Await(waiter)))
        {
            waiter.TrySetException(new IOException("The endpoint ended before the peer acknowledged everything."));
        }

        return waiter.Task.WaitAsync(cancellationToken);
    }

    internal void Attach(ConnectionEntry entry)
    {
        Entry = entry;
        if (_shutdown.IsMade)
        {
            // Asked for before there was a machine to tell: the signal that came with it found nobody.
            Signal();
        }
    }

    /// <summary>The application has it: it takes no room in the backlog any more.</summary>
    internal void NoteAccepted() => _loop.TryPost(() =>
    {
        if (Entry is { } entry)
        {
            Demultiplexer.Accept(entry);
        }
    });

    /// <summary>Lets a reader see what arrived since the last call.</summary>
    internal void FlushInput() => _receive.Flush();

    /// <summary>Lets whoever lingers go, once the peer has all that was sent and the FIN.</summary>
    internal void ReleaseLinger()
    {
        if (Entry?.Connection.State is ConnectionState.FinWait2 or ConnectionState.TimeWait)
        {
            _allAcknowledged.TrySetResult();
        }
    }

    /// <summary>What there was to send has been sent, as far as it could be; runs on the loop.</summary>
    internal void OnTransmitted()
    {
        _shutdown.OnTurn();
        Signal();
    }

    /// <summary>The application wrote, read or closed; runs on the loop.</summary>
    internal void OnSignal()
    {
        // A full fence: what the application says after this comes with a signal of its own.
        Interlocked.Exchange(ref _signaled, 0);
        if (Entry is not { } entry)
        {
            return;
        }

        // Taken before what was consumed: who reads everything and then closes must not be seen to close with bytes unread.
        bool aborts = _shutdown.AbortReason is not null;
        bool closes = _shutdown.IsClose;
        bool isReaderDone = _receive.IsReaderDone;

        Connection connection = entry.Connection;
        connection.Consumed(Math.Min(_receive.TakeConsumed(), connection.Unread));
        if (aborts)
        {
            connection.Abort();
            return;
        }

        Supply(connection);
        if (connection.IsUnsentLow)
        {
            _send.OnUnsentLow();
        }

        if (closes && connection.Unsent > 0 && connection.Teardown.ClosingResets && !_shutdown.HasHadTurn)
        {
            // Bytes are left unread, so closing is a reset: what was said before it may leave first, as far as it may leave at once. However
            // often the application has signalled, that is not before the loop has sent.
            if (_shutdown.TryPutOff())
            {
                _loop.AwaitTransmission(this);
            }
        }
        else if (closes)
        {
            connection.Close(_loop.Now);
        }
        else if (isReaderDone)
        {
            connection.ShutdownReceive();
        }
    }

    /// <summary>The endpoint ends this connection for a reason of its own.</summary>
    internal void Fail(Exception error) => End(CloseReason.Aborted, error);

    void IConnectionHandler.OnEstablished()
    {
        _report.OnEstablished(_loop.Now, Entry?.Connection);
        if (_loop.Options.UnsafePreferInlineScheduling)
        {
            // Not from within the machine: somebody's code may go on from here.
            _loop.ApplicationScheduler.Schedule(static connection => ((TcpConnection)connection!).Announce(), this);
        }
        else
        {
            Announce();
        }
    }

    void IConnectionHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _receive.Write(bytes);
        }
        catch (Exception error)
        {
            // The pool had nothing to give: that ends the connection that asked and no other.
            Abort(new ConnectionAbortedException("There was no memory for what the peer sent.", error));
        }
    }

    void IConnectionHandler.OnEndOfStream() => _receive.End();

    void IConnectionHandler.OnAcknowledged(long bytes)
    {
        Connection connection = Entry!.Connection;
        if (_send.Release(bytes))
        {
            Supply(connection);
        }

        _waiters.OnAcknowledged(connection.AcknowledgedUpTo);
    }

    void IConnectionHandler.OnUnsentLow() => _send.OnUnsentLow();

    void IConnectionHandler.OnClosed(CloseReason reason) => End(reason, reason == CloseReason.Finished ? null : ConnectionErrors.Of(reason, _shutdown.AbortReason));

    // Shows the machine what is in the output pipe.
    private void Supply(Connection connection)
    {
        if (!_send.TryLook(out SendPipeContent content))
        {
            return;
        }

        if (content.IsBroken)
        {
            connection.Abort();
            return;
        }

        connection.Write(content.Bytes, content.WriterWaits);
        if (content.IsCompleted && !(_isClosing && connection.Teardown.ClosingResets))
        {
            // Whoever closes with bytes unread says no goodbye, which a peer would take for the end of a good conversation.
            connection.ShutdownSend();
        }
    }

    // On the loop, where what was flushed is looked at first.
    private void Await(TaskCompletionSource waiter)
    {
        OnSignal();
        if (_ended.Task is { IsCompleted: true } ended)
        {
            AcknowledgmentWaiters.Complete(waiter, ended.GetAwaiter().GetResult());
        }
        else
        {
            _waiters.Add(Entry?.Connection, waiter);
        }
    }

    private void End(CloseReason reason, Exception? error)
    {
        if (Interlocked.Exchange(ref _over, 1) != 0)
        {
            return;
        }

        // Counted before anybody hears of it.
        _report.OnEnded(_loop.Now, reason, Entry?.Connection);
        _ended.TrySetResult(reason);
        _allAcknowledged.TrySetResult();
        _waiters.OnEnded(reason);
        Exception toConnector = error is IOException { InnerException: SocketException inner } ? inner : error ?? ConnectionErrors.Of(reason, _shutdown.AbortReason);
        if (!_established.Task.IsCompleted)
        {
            _loop.ApplicationScheduler.Schedule(failure => _established.Fail((Exception)failure!), toConnector);
        }

        // Of the peer's doing: what it sent before is still good.
        _receive.Fail(error, keepsBytes: reason is CloseReason.Reset or CloseReason.TimedOut);
        _send.End(error);
        _loop.Forget(this, reason is CloseReason.Aborted or CloseReason.TimedOut);
        _closed.Set();
        Released?.Invoke();
    }

    private void Announce()
    {
        _established.Succeed();
        if (AcceptQueue is { } queue && !queue.TryWrite(this))
        {
            // The listener closed while the handshake was under way.
            Abort();
        }
    }

    private void Signal()
    {
        if (Interlocked.Exchange(ref _signaled, 1) == 0)
        {
            _loop.Signal(this);
        }
    }
}
