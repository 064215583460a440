using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Streams;

/// <summary>A byte stream of either kind, NetLab's or the kernel's, as a duplex pipe.</summary>
internal sealed class LabStream : IAsyncDisposable
{
    // A system call carries so much at once: below it a fast stream pays for calls, above it nothing is gained.
    private const int PieceSize = 64 << 10;

    private readonly TcpConnection? _connection;
    private readonly IAsyncDisposable? _owned;
    private readonly Socket? _socket;
    private Action? _onClosed;

    /// <param name="connection">A connection of NetLab's TCP; the stream's from now on.</param>
    /// <param name="owned">What the connection's endpoint is disposed of by, behind it; null for nothing.</param>
    public LabStream(TcpConnection connection, IAsyncDisposable? owned)
    {
        _connection = connection;
        _owned = owned;
        (Input, Output) = (connection.Transport.Input, connection.Transport.Output);
        RemoteEndPoint = (IPEndPoint)connection.RemoteEndPoint!;
    }

    /// <param name="socket">A connected socket of the kernel's TCP; the stream's from now on.</param>
    /// <param name="onClosed">Told once, when the stream is disposed of.</param>
    public LabStream(Socket socket, Action? onClosed = null)
    {
        _socket = socket;
        _onClosed = onClosed;
        var stream = new NetworkStream(socket, ownsSocket: false);
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: PieceSize, minimumReadSize: PieceSize / 4));
        Output = new HalfClosingPipeWriter(PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: PieceSize)), socket);
        RemoteEndPoint = (IPEndPoint)socket.RemoteEndPoint!;
    }

    public PipeReader Input { get; }

    /// <summary>Completing it half-closes the stream.</summary>
    public PipeWriter Output { get; }

    public IPEndPoint RemoteEndPoint { get; }

    /// <summary>NetLab's counts; null for the kernel's TCP, which keeps its own.</summary>
    public ConnectionStatistics? Statistics => _connection?.Statistics;

    /// <summary>Bytes that the peer's TCP has acknowledged; null where the system does not say.</summary>
    /// <param name="written">Bytes that were written so far.</param>
    public long? BytesAcknowledged(long written) => _connection is { } connection
        ? connection.Statistics.BytesAcknowledged
        : KernelSockets.Unacknowledged(_socket!) is { } waiting ? written - waiting : null;

    /// <summary>Waits until the peer's TCP has all that was written; of the kernel's not, which sees to it by itself.</summary>
    /// <exception cref="IOException">The connection ended before that.</exception>
    public Task WaitForAcknowledgedAsync(CancellationToken cancellationToken) => _connection?.WaitForAcknowledgedAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>The same as a stream, for code that knows no pipes; then it alone reads and writes.</summary>
    public Stream AsStream() => _connection is { } connection ? new TcpConnectionStream(connection) : new NetworkStream(_socket!, ownsSocket: true);

    /// <summary>Ends the stream at once: the peer sees a reset.</summary>
    public void Abort()
    {
        _connection?.Abort();
        _socket?.Close(0);
    }

    /// <summary>Closes both ways; of an endpoint of its own it waits until the goodbyes are said.</summary>
    public async ValueTask DisposeAsync()
    {
        await Output.CompleteAsync().ConfigureAwait(false);
        await Input.CompleteAsync().ConfigureAwait(false);
        if (_connection is not null)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }

        if (_owned is not null)
        {
            await _owned.DisposeAsync().ConfigureAwait(false);
        }

        _socket?.Dispose();
        Interlocked.Exchange(ref _onClosed, null)?.Invoke();
    }
}
