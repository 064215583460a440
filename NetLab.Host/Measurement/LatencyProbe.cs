using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Udp.Links;

namespace NetLab.Host.Measurement;

/// <summary>Small datagrams there and back at a steady pace, beside whatever else is on the way: both ends of it, on threads of their own.</summary>
internal sealed class LatencyProbe : IDisposable
{
    // Sequence number and time stamp.
    private const int Size = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Socket _answers = Bound();
    private readonly Socket _asks = Bound();
    private readonly ConcurrentQueue<ProbeSample> _samples = new();
    private readonly ConcurrentDictionary<long, (double At, long Up, long Down)> _outstanding = new();
    private volatile bool _stopping;
    private long _sent;
    private long _began;

    /// <summary>Starts the end that answers.</summary>
    public LatencyProbe() => new Thread(Answer) { IsBackground = true, Name = "probe answers" }.Start();

    /// <summary>Where it answers.</summary>
    public IPEndPoint AnswersAt => (IPEndPoint)_answers.LocalEndPoint!;

    /// <summary>When a probe was sent, by <see cref="Stopwatch"/>.</summary>
    public long MomentOf(ProbeSample sample) => _began + (long)(sample.At * Stopwatch.Frequency);

    /// <summary>Probes as long as something else lasts.</summary>
    /// <param name="through">Where to send to: the end that answers, or a relay before it.</param>
    /// <param name="relay">The relay, for its queues; null without one.</param>
    /// <param name="load">What lasts.</param>
    /// <returns>The probes that came back, and how many were sent.</returns>
    public async Task<(IReadOnlyList<ProbeSample> Samples, long Sent)> RunAsync(IPEndPoint through, LinkRelay? relay, Task load)
    {
        long began = _began = Stopwatch.GetTimestamp();
        Task sending = Task.Factory.StartNew(() => Send(through, relay, load, began), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Task receiving = Task.Factory.StartNew(() => Receive(sending), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(sending, receiving).ConfigureAwait(false);
        return ([.. _samples.OrderBy(sample => sample.At)], Interlocked.Read(ref _sent));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        _answers.Dispose();
        _asks.Dispose();
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 50 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Send(IPEndPoint through, LinkRelay? relay, Task load, long began)
    {
        byte[] probe = new byte[Size];
        for (long number = 0; !load.IsCompleted; number++)
        {
            TimeSpan wait = (PacedProbe.Pace * number) - Stopwatch.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
            {
                Thread.Sleep(wait);
            }

            BinaryPrimitives.WriteInt64LittleEndian(probe, number);
            _outstanding[number] = (Stopwatch.GetElapsedTime(began).TotalSeconds, relay?.QueuedBytesUp ?? 0, relay?.QueuedBytesDown ?? 0);
            BinaryPrimitives.WriteInt64LittleEndian(probe.AsSpan(8), Stopwatch.GetTimestamp());
            _asks.SendTo(probe, through);
            Interlocked.Increment(ref _sent);
        }
    }

    private void Receive(Task sending)
    {
        byte[] answer = new byte[2 * Size];
        long ended = 0;
        while (!_stopping && (!sending.IsCompleted || (!_outstanding.IsEmpty && Stopwatch.GetElapsedTime(ended) < Patience)))
        {
            ended = sending.IsCompleted && ended != 0 ? ended : Stopwatch.GetTimestamp();
            try
            {
                if (_asks.Receive(answer) == Size && _outstanding.TryRemove(BinaryPrimitives.ReadInt64LittleEndian(answer), out (double At, long Up, long Down) asked))
                {
                    double took = Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(answer.AsSpan(8))).TotalMicroseconds;
                    _samples.Enqueue(new ProbeSample(Math.Round(asked.At, 4), Math.Round(took, 1), asked.Up, asked.Down));
                }
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.ConnectionRefused or SocketError.WouldBlock)
            {
                // Nothing came for a moment.
            }
        }
    }

    private void Answer()
    {
        byte[] probe = new byte[2 * Size];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (!_stopping)
        {
            try
            {
                int length = _answers.ReceiveFrom(probe, ref from);
                _answers.SendTo(probe.AsSpan(0, length), from);
            }
            catch (SocketException)
            {
                // Nothing came for a moment, or whoever asked has gone.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
