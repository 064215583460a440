using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Transport;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement.Streams;

/// <summary><c>tcp</c>: a connection of NetLab's TCP, by its pipes.</summary>
internal sealed class TcpPerfConnection(TcpConnection connection) : PerfConnection
{
    public override EndPoint? Peer => connection.RemoteEndPoint;

    public override long Retransmissions => connection.Statistics.Retransmissions;

    public override long? Acknowledged => connection.Statistics.BytesAcknowledged;

    public override long CongestionWindow => connection.CongestionWindow;

    public override TimeSpan RoundTrip => connection.Statistics.SmoothedRoundTrip ?? TimeSpan.Zero;

    public override PerfSenderState State => connection.Metrics is { } metrics
        ? new(metrics.SlowStartThreshold ?? 0, metrics.InFlight, metrics.RoundTripVariation)
        : default;

    public override SendLimitTimes? Limits => connection.Metrics is null ? null : connection.Statistics.LimitsAt(MonotonicClock.Shared.Now);

    public override string? Congestion => connection.CongestionControl;

    public override async Task SendPatternAsync(Func<long, ValueTask<long>> more, CancellationToken cancellationToken)
    {
        PipeWriter output = connection.Transport.Output;
        long sent = 0;
        long allowed;
        while ((allowed = await more(sent).ConfigureAwait(false)) > 0)
        {
            ReadOnlyMemory<byte> rest = BytePattern.Piece[(int)(sent % BytePattern.Period)..];
            ReadOnlyMemory<byte> piece = rest[..(int)Math.Min(allowed, rest.Length)];
            if ((await output.WriteAsync(piece, cancellationToken).ConfigureAwait(false)).IsCompleted)
            {
                return;
            }

            sent += piece.Length;
        }

        await output.CompleteAsync().ConfigureAwait(false);
    }

    public override async Task ReceivePatternAsync(PatternCheck check, CancellationToken cancellationToken)
    {
        PipeReader input = connection.Transport.Input;
        ReadResult result;
        do
        {
            result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (ReadOnlyMemory<byte> piece in result.Buffer)
            {
                check.Take(piece.Span);
            }

            input.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);
    }

    public override async Task PingPongAsync(
        ReadOnlyMemory<byte> message, Func<ValueTask<bool>> more, Action<TimeSpan, bool> onRoundTrip, CancellationToken cancellationToken)
    {
        byte[] answer = new byte[message.Length];
        while (await more().ConfigureAwait(false))
        {
            long started = Stopwatch.GetTimestamp();
            await connection.Transport.Output.WriteAsync(message, cancellationToken).ConfigureAwait(false);
            ReadResult result = await connection.Transport.Input.ReadAtLeastAsync(message.Length, cancellationToken).ConfigureAwait(false);
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            if (result.Buffer.Length < message.Length)
            {
                throw new IOException("the stream ended where an answer was due");
            }

            ReadOnlySequence<byte> own = result.Buffer.Slice(0, message.Length);
            own.CopyTo(answer);
            connection.Transport.Input.AdvanceTo(own.End);
            onRoundTrip(took, answer.AsSpan().SequenceEqual(message.Span));
        }

        await EndAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task EchoAsync(CancellationToken cancellationToken)
    {
        ReadResult result;
        do
        {
            result = await connection.Transport.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (ReadOnlyMemory<byte> piece in result.Buffer)
            {
                await connection.Transport.Output.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            }

            Echoed += result.Buffer.Length;
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);
    }

    public override async Task EndAsync(CancellationToken cancellationToken) => await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);

    /// <summary>Sends a request, and reads the answer to its end.</summary>
    /// <returns>Whether it was the request's own bytes.</returns>
    public async Task<bool> RequestAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await connection.Transport.Output.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        ReadResult result;
        while (!(result = await connection.Transport.Input.ReadAsync(cancellationToken).ConfigureAwait(false)).IsCompleted)
        {
            connection.Transport.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }

        bool right = result.Buffer.Length == request.Length && result.Buffer.ToArray().AsSpan().SequenceEqual(request.Span);
        connection.Transport.Input.AdvanceTo(result.Buffer.End);
        return right;
    }

    public override void Abort() => connection.Abort();

    public override ValueTask DisposeAsync() => connection.DisposeAsync();

    public override async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        await connection.Transport.Output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);

    public override async Task<byte[]> ReadLineAsync(int longest, CancellationToken cancellationToken)
    {
        PipeReader input = connection.Transport.Input;
        while (true)
        {
            ReadResult result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                byte[] line = result.Buffer.Slice(0, end).ToArray();
                input.AdvanceTo(result.Buffer.GetPosition(1, end));
                return line;
            }

            if (result.IsCompleted || result.Buffer.Length > longest)
            {
                throw new IOException("the stream ended where a message was due");
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
