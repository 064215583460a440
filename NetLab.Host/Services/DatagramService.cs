using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using NetLab.Host.Recording;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Services;

/// <summary>A service on datagrams: each is answered by itself, never by more bytes than it had.</summary>
internal sealed class DatagramService(string kind, LabAddress address, bool allowRemote, LabRecorder? recorder)
    : BackgroundService, IBoundService
{
    private readonly DatagramPoller _poller = new();
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private DatagramSocket? _socket;
    private DatagramTap? _tap;

    public LabAddress BoundAddress => _socket is null ? address : address.At(_socket.LocalEndPoint);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _socket = DatagramSocket.Bind(address.Resolve(allowRemote));
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(address, error);
        }

        DatagramSocket socket = _socket;
        _tap = recorder?.AddPlace($"{kind} {address}", () => socket.LocalEndPoint, asTcp: false);
        _poller.Add(_socket);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _socket?.Dispose();
        _poller.Dispose();
        base.Dispose();
    }

    // A thread of its own: the poller blocks.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(() => Loop(stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Loop(CancellationToken stoppingToken)
    {
        using CancellationTokenRegistration wake = stoppingToken.Register(_poller.Wake);
        byte[] received = new byte[DatagramSocket.ReceiveBufferLength];
        byte[] answer = new byte[DatagramSocket.ReceiveBufferLength];
        var readable = new List<DatagramSocket>();
        while (!stoppingToken.IsCancellationRequested)
        {
            _poller.Wait(Timeout.InfiniteTimeSpan, readable);
            DatagramReceiveStatus status;
            while (!stoppingToken.IsCancellationRequested && (status = _socket!.TryReceive(received, out DatagramBatch batch)) != DatagramReceiveStatus.Empty)
            {
                if (status == DatagramReceiveStatus.Refused)
                {
                    continue;
                }

                int offset = 0;
                do
                {
                    ReadOnlySpan<byte> datagram = received.AsSpan(offset, Math.Min(batch.SegmentSize, batch.Length - offset));
                    _tap?.Invoke(batch.ReceivedAt, datagram, batch.From, false);
                    ReadOnlySpan<byte> reply = ServiceKinds.Answer(kind, datagram, answer);
                    if (!reply.IsEmpty)
                    {
                        _tap?.Invoke(_clock.Now, reply, batch.From, true);

                        // A full buffer loses the answer, as UDP may.
                        _socket.TrySend(reply, reply.Length, batch.From, out _);
                    }

                    offset += datagram.Length;
                }
                while (offset < batch.Length);
            }
        }
    }
}
