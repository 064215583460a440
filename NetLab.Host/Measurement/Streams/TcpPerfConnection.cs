using System.Buffers;
using System.IO.Pipelines;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Measurement.Streams;

/// <summary><c>tcp</c>: a connection of NetLab's TCP, by its pipes.</summary>
internal sealed class TcpPerfConnection(TcpConnection connection) : PerfConnection
{
    public override long Retransmissions => connection.Statistics.Retransmissions;

    public override long CongestionWindow => connection.CongestionWindow;

    public override TimeSpan RoundTrip => connection.Statistics.SmoothedRoundTrip ?? TimeSpan.Zero;

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

    public override void Abort() => connection.Abort();

    public override ValueTask DisposeAsync() => connection.DisposeAsync();

    protected override async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        await connection.Transport.Output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);

    protected override async Task<byte[]> ReadLineAsync(int longest, CancellationToken cancellationToken)
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
