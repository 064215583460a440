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
using NetLab.Udp.Time;

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
public sealed partial class TcpConnection : ConnectionContext, IConnectionHandler
{
    private readonly TcpEndpoint _endpoint;
    private readonly StreamInput _input;
    private readonly CountingPipeReader _reader;
    private readonly Pipe _output;
    private readonly ClosedSignal _closed = new();
    private readonly TaskCompletionSource _established;
    private readonly TaskCompletionSource<CloseReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allAcknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LowWaterGate? _gate;
    private readonly int _consumedStep;
    private IDictionary<object, object?>? _items;
    private IFeatureCollection? _features;
    private string? _id;
    private CancellationToken? _connectionClosed;
    private readonly Instant _openedAt;
    private Instant? _establishedAt;
    private ReadResult? _reading;
    private long _consumed;
    private long _consumedSinceSignal;
    private int _signaled;
    private bool _writerWaits;
    private bool _outputEnded;
    private bool _inputEnded;
    private bool _closesLater;
    private int _over;
    private volatile bool _inputCompleted;
    private volatile Request _request;
    private volatile bool _isClosing;

    internal TcpConnection(TcpEndpoint endpoint, IPEndPoint remote)
    {
        _endpoint = endpoint;
        _openedAt = endpoint.Now;
        ConnectionOptions options = endpoint.Options.Connection;

        // On the loop, who waits for it goes on there; see OnEstablished.
        _established = new TaskCompletionSource(
            endpoint.Options.UnsafePreferInlineScheduling ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        _input = new StreamInput(endpoint.Pipes.Input);
        _output = new Pipe(endpoint.Pipes.Output);
        _gate = options.UnsentLowWaterMark is null ? null : new LowWaterGate();
        _consumedStep = options.ReceiveBufferSize / 8;
        _reader = new CountingPipeReader(_input.Reader, OnConsumed, OnInputCompleted);
        Transport = new DuplexPipe(_reader, new SignalingPipeWriter(_output.Writer, Signal, _gate));
        LocalEndPoint = endpoint.LocalEndPoint;
        RemoteEndPoint = remote;
    }

    private enum Request
    {
        None,
        Close,
        Abort,
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

    internal MemoryPool<byte> ServerPool => _endpoint.Pipes.ServerPool;

    internal ConnectionEntry? Entry { get; private set; }

    internal ChannelWriter<TcpConnection>? AcceptQueue { get; init; }

    private bool IsPassive => AcceptQueue is not null;

    internal Task Established => _established.Task;

    internal bool OwnsEndpoint { get; set; }

    /// <inheritdoc/>
    public override void Abort() => Abort(new ConnectionAbortedException("The application aborted the connection."));

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _request = Request.Abort;
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
        if (_request == Request.None)
        {
            _request = Request.Close;
        }

        await Transport.Input.CompleteAsync().ConfigureAwait(false);

        Signal();
        if (Linger is { } linger && linger > TimeSpan.Zero)
        {
            // Not a failure: who lingers has asked for this long and no longer.
            await Task.WhenAny(_allAcknowledged.Task, Task.Delay(linger)).ConfigureAwait(false);
        }

        if (OwnsEndpoint)
        {
            // Not waited for: like a kernel, the endpoint says goodbye while the application goes on.
            _ = _endpoint.DisposeAsync().AsTask();
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    internal void Attach(ConnectionEntry entry) => Entry = entry;

    /// <summary>The application has it: it takes no room in the backlog any more.</summary>
    internal void NoteAccepted() => _endpoint.TryPost(() =>
    {
        if (Entry is { } entry)
        {
            Demultiplexer.Accept(entry);
        }
    });

    /// <summary>Lets a reader see what arrived since the last call.</summary>
    internal void FlushInput()
    {
        if (!_input.Flush())
        {
            _inputCompleted = true;
        }
    }

    /// <summary>Lets whoever lingers go, once the peer has all that was sent and the FIN.</summary>
    internal void ReleaseLinger()
    {
        if (Entry?.Connection.State is ConnectionState.FinWait2 or ConnectionState.TimeWait)
        {
            _allAcknowledged.TrySetResult();
        }
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
        Request request = _request;
        bool inputCompleted = _inputCompleted;

        Connection connection = entry.Connection;
        long consumed = Interlocked.Exchange(ref _consumed, 0);
        connection.Consumed(Math.Min(consumed, connection.Unread));
        if (request == Request.Abort)
        {
            connection.Abort();
            return;
        }

        if (!_outputEnded)
        {
            if (_reading is { } read)
            {
                // Nothing consumed, nothing examined: only to see what has been added.
                _reading = null;
                _output.Reader.AdvanceTo(read.Buffer.Start);
            }

            ReadOutput();
        }

        if (connection.IsUnsentLow)
        {
            _gate?.Open();
        }

        if (request == Request.Close && connection.Unsent > 0 && connection.ClosingResets && !_closesLater)
        {
            // Bytes are left unread, so closing is a reset: what was said before it may leave first, as far as it may leave at once.
            _closesLater = true;
            _endpoint.TryPost(Signal);
        }
        else if (request == Request.Close)
        {
            connection.Close(_endpoint.Now);
        }
        else if (inputCompleted)
        {
            connection.ShutdownReceive();
        }
    }

    /// <summary>The endpoint ends this connection for a reason of its own.</summary>
    internal void Fail(Exception error) => End(CloseReason.Aborted, error);

    private static Exception ErrorFor(CloseReason reason) => reason switch
    {
        CloseReason.Reset => new ConnectionResetException("The peer reset the connection."),
        CloseReason.Refused => new SocketException((int)SocketError.ConnectionRefused),
        CloseReason.TimedOut => new IOException("The peer did not answer in time.", new SocketException((int)SocketError.TimedOut)),
        _ => new ConnectionAbortedException("The connection was aborted on this side."),
    };

    private void End(CloseReason reason, Exception? error)
    {
        if (Interlocked.Exchange(ref _over, 1) != 0)
        {
            return;
        }

        // Counted before anybody hears of it.
        Report(reason);
        _ended.TrySetResult(reason);
        _allAcknowledged.TrySetResult();
        SettleAll(reason);
        Exception toConnector = error is IOException { InnerException: SocketException inner } ? inner : error ?? ErrorFor(reason);
        if (!_established.Task.IsCompleted)
        {
            _endpoint.ApplicationScheduler.Schedule(failure => FailHandshake((Exception)failure!), toConnector);
        }

        FlushInput();
        if (!_inputEnded && (reason is CloseReason.Reset or CloseReason.TimedOut))
        {
            // Of the peer's doing: what it sent before is still good.
            _reader.FailAtEnd(error!);
            _input.Complete();
        }
        else
        {
            _input.Complete(error);
        }

        _outputEnded = true;
        _reading = null;
        _output.Reader.Complete(error);

        // Now and not before: who writes from here on sees that nobody reads any more.
        _gate?.Open();
        _endpoint.Forget(this, reason is CloseReason.Aborted or CloseReason.TimedOut);
        _closed.Set();
    }

    private void ReadOutput()
    {
        ReadResult result;
        try
        {
            if (_outputEnded || !_output.Reader.TryRead(out result))
            {
                return;
            }
        }
        catch (Exception)
        {
            // The application completed its output with an exception of its own, and the pipe hands it on: its stream is
            // broken off, which is a reset and not an end.
            _outputEnded = true;
            Entry!.Connection.Abort();
            return;
        }

        _writerWaits = _endpoint.Pipes.WriterWaits(result.Buffer.Length, _writerWaits) && !result.IsCompleted;
        Entry!.Connection.Write(result.Buffer, _writerWaits);
        if (result.IsCompleted && !(_isClosing && Entry.Connection.ClosingResets))
        {
            // Whoever closes with bytes unread says no goodbye, which a peer would take for the end of a good conversation.
            Entry.Connection.ShutdownSend();
        }

        if (result.Buffer.IsEmpty)
        {
            _output.Reader.AdvanceTo(result.Buffer.Start);
            if (result.IsCompleted)
            {
                _outputEnded = true;
                _output.Reader.Complete();
            }

            return;
        }

        _reading = result;
    }

    private void OnConsumed(long bytes)
    {
        Interlocked.Add(ref _consumed, bytes);

        // A little at a time does not open the window; an eighth of it does, and is before it could have closed.
        if ((_consumedSinceSignal += bytes) >= _consumedStep)
        {
            _consumedSinceSignal = 0;
            Signal();
        }
    }

    private void OnInputCompleted()
    {
        _inputCompleted = true;
        Signal();
    }

    private void Signal()
    {
        if (Interlocked.Exchange(ref _signaled, 1) == 0)
        {
            _endpoint.Signal(this);
        }
    }

    private sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input { get; } = input;

        public PipeWriter Output { get; } = output;
    }
}
