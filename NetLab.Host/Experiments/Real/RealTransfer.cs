using System.Net.Sockets;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Experiments.Real;

/// <summary>A flow that is being sent, without an end: by the kernel or by NetLab, to the kernel behind the link. Disposed of, it ends at once.</summary>
internal sealed class RealTransfer : IAsyncDisposable
{
    private const int Piece = 64 << 10;
    private const int WindowBytes = 8 << 20;

    // An Ethernet's, with both headers of 20 bytes; options are in it.
    private const int SegmentSize = 1460;

    private readonly RealSender _sender;
    private readonly Socket? _kernel;
    private readonly TcpConnection? _own;
    private readonly Socket _receiver;
    private readonly Task _receiving;
    private readonly Task _sending;
    private readonly List<RealSample> _samples = [];
    private long _received;
    private volatile bool _isOver;

    private RealTransfer(RealSender sender, Socket? kernel, TcpConnection? own, Socket receiver)
    {
        (_sender, _kernel, _own, _receiver) = (sender, kernel, own, receiver);
        _receiving = OnThread(Receive);
        _sending = own is null ? OnThread(Send) : SendOwnAsync(own);
    }

    /// <summary>Connects, and begins to send.</summary>
    /// <param name="network">Where; one at a time, as its listener does not tell who comes.</param>
    /// <param name="sender">Who.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<RealTransfer> StartAsync(RealNetwork network, RealSender sender, CancellationToken cancellationToken)
    {
        Task<Socket> accepting = network.Listener.AcceptAsync(cancellationToken).AsTask();
        Socket? kernel = null;
        TcpConnection? own = null;
        try
        {
            if (sender.IsKernel)
            {
                kernel = await OnThread(() => network.Connect(sender.KernelName)).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                var options = new ConnectionOptions { Congestion = sender.Algorithm, MaxSegmentSize = SegmentSize, SendBufferSize = WindowBytes, ReceiveBufferSize = WindowBytes };
                own = await network.Endpoint.ConnectAsync(RealNetwork.Receiver, options, cancellationToken).ConfigureAwait(false);
            }

            return new RealTransfer(sender, kernel, own, await accepting.ConfigureAwait(false));
        }
        catch
        {
            kernel?.Dispose();
            own?.Abort();
            throw;
        }
    }

    /// <summary>Notes what is known now.</summary>
    /// <param name="at">Seconds since the trial began.</param>
    public void Sample(double at)
    {
        long received = Interlocked.Read(ref _received);
        if (_kernel is { } socket)
        {
            (double window, double threshold, double roundTrip, _) = KernelTcp.Read(socket);
            _samples.Add(new RealSample(at, window, threshold, roundTrip, received, window));
        }
        else if (_own!.Metrics is { SegmentSize: > 0 } metrics)
        {
            double unit = metrics.SegmentSize;
            double threshold = metrics.SlowStartThreshold.GetValueOrDefault() / unit;
            double roundTrip = metrics.SmoothedRoundTrip.GetValueOrDefault().TotalMilliseconds;
            _samples.Add(new RealSample(at, metrics.CongestionWindow / unit, threshold, roundTrip, received, metrics.InFlight / unit));
        }
    }

    /// <summary>What was known of it.</summary>
    public RealFlow Flow() => new(_sender, _samples, _kernel is { } socket ? KernelTcp.Read(socket).Retransmissions : Retransmitted(_own!.Statistics));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        _kernel?.Close(0);
        _own?.Abort();
        _receiver.Close(0);
        await Task.WhenAll(_sending, _receiving).ConfigureAwait(false);
        if (_own is not null)
        {
            await _own.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static long Retransmitted(ConnectionStatistics statistics) => statistics.Retransmissions;

    private static Task OnThread(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Task<T> OnThread<T>(Func<T> function) => Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Send()
    {
        byte[] piece = new byte[Piece];
        try
        {
            while (!_isOver)
            {
                _kernel!.Send(piece);
            }
        }
        catch (Exception error) when (_isOver && error is SocketException or ObjectDisposedException)
        {
            // Closed under it: the way to end it at once.
        }
    }

    private async Task SendOwnAsync(TcpConnection connection)
    {
        byte[] piece = new byte[Piece];
        try
        {
            while (!_isOver && !(await connection.Transport.Output.WriteAsync(piece).ConfigureAwait(false)).IsCompleted)
            {
            }
        }
        catch (Exception error) when (_isOver && error is IOException or InvalidOperationException or Microsoft.AspNetCore.Connections.ConnectionAbortedException or Microsoft.AspNetCore.Connections.ConnectionResetException)
        {
            // The same.
        }
    }

    private void Receive()
    {
        byte[] buffer = new byte[Piece];
        try
        {
            while (_receiver.Receive(buffer) is > 0 and var read)
            {
                Interlocked.Add(ref _received, read);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The end of it, from either side.
        }
    }
}
