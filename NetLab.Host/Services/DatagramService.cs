using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Services;

/// <summary>
/// A service on datagrams: each is answered by itself. An answer has a hop limit one below its question's, so that two services which
/// answer each other fall silent, and ports of well-known services and of the lab's own get none (CERT CA-1996-01).
/// </summary>
/// <param name="kind">What it is, for a recording.</param>
/// <param name="address">Where it listens.</param>
/// <param name="context">What the lab gives.</param>
/// <param name="answer">Answers a datagram; called by one thread.</param>
internal sealed class DatagramService(string kind, LabAddress address, ServiceContext context, DatagramAnswer answer) : BackgroundService, IBoundService
{
    // Below it are the ports that only a system's own services have (RFC 6335, 6).
    private const int FirstUserPort = 1024;

    // 5353 mDNS, 1900 SSDP, 11211 memcached, 3702 WS-Discovery, 5683 CoAP: answer whoever asks, and more than they were asked.
    private static readonly int[] AnsweringPorts = [1900, 3702, 5353, 5683, 11211];

    private readonly DatagramPoller _poller = new();
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private DatagramSocket? _socket;
    private DatagramTap? _tap;
    private byte _hopLimit;
    private long _received;
    private long _answered;
    private long _unanswered;

    /// <inheritdoc/>
    public LabAddress BoundAddress => _socket is null ? address : address.At(_socket.LocalEndPoint);

    /// <inheritdoc/>
    public Task Completion => ExecuteTask ?? Task.CompletedTask;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceCount> Counts =>
    [
        new("datagrams_received", Interlocked.Read(ref _received)),
        new("datagrams_answered", Interlocked.Read(ref _answered)),
        new("datagrams_refused", Interlocked.Read(ref _unanswered)),
    ];

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _socket = DatagramSocket.Bind(new IPEndPoint(IPAddress.Parse(address.Host), address.Port), new DatagramSocketOptions { ReceiveHopLimit = true });
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(address, error);
        }

        DatagramSocket socket = _socket;
        _tap = context.Recorder?.AddPlace($"{kind} {address}", () => socket.LocalEndPoint, asTcp: false);
        _poller.Add(_socket);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _socket?.Dispose();
        _poller.Dispose();
        base.Dispose();
    }

    // A thread of its own: the poller blocks.
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(() => Loop(stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Loop(CancellationToken stoppingToken)
    {
        using CancellationTokenRegistration wake = stoppingToken.Register(_poller.Wake);
        byte[] received = new byte[DatagramSocket.ReceiveBufferLength];
        byte[] scratch = new byte[DatagramSocket.ReceiveBufferLength];
        var readable = new List<DatagramSocket>();
        while (!stoppingToken.IsCancellationRequested)
        {
            _poller.Wait(Timeout.InfiniteTimeSpan, readable);
            DatagramReceiveStatus status;
            while (!stoppingToken.IsCancellationRequested && (status = _socket!.TryReceive(received, out DatagramBatch batch)) != DatagramReceiveStatus.Empty)
            {
                if (status != DatagramReceiveStatus.Refused)
                {
                    Serve(received, batch, scratch);
                }
            }
        }
    }

    private void Serve(byte[] received, in DatagramBatch batch, byte[] scratch)
    {
        bool mayAnswer = MayAnswer(batch);
        int offset = 0;
        do
        {
            ReadOnlySpan<byte> datagram = received.AsSpan(offset, Math.Min(batch.SegmentSize, batch.Length - offset));
            _tap?.Invoke(batch.ReceivedAt, datagram, batch.From, false);
            _received++;
            ReadOnlySpan<byte> reply = answer(datagram, scratch);
            if (!reply.IsEmpty && mayAnswer)
            {
                _tap?.Invoke(_clock.Now, reply, batch.From, true);

                // A full buffer loses the answer, as UDP may.
                _socket!.TrySend(reply, reply.Length, batch.From, out _);
                _answered++;
            }
            else if (!reply.IsEmpty)
            {
                _unanswered++;
            }

            offset += datagram.Length;
        }
        while (offset < batch.Length);
    }

    private bool MayAnswer(in DatagramBatch batch)
    {
        int port = batch.From.Port;
        if (port < FirstUserPort || AnsweringPorts.Contains(port) || IsOwnService(port))
        {
            return false;
        }

        if (batch.HopLimit is not { } hops)
        {
            return true;
        }

        if (hops <= 1)
        {
            return false;
        }

        if (_hopLimit != hops - 1)
        {
            _hopLimit = (byte)(hops - 1);
            _socket!.HopLimit = _hopLimit;
        }

        return true;
    }

    // By its port alone: on which of this machine's addresses a datagram came in, the system does not say.
    private bool IsOwnService(int port) => context.Lab.UdpPorts.Contains(port);
}
