using System.Text.Json;
using NetLab.Host.Measurement.Reports;

namespace NetLab.Host.Measurement.Streams;

/// <summary>A byte stream that is measured: NetLab's, or the kernel's as it is.</summary>
internal abstract class PerfConnection : IAsyncDisposable
{
    /// <summary>Bytes of the longest message that somebody who is not known yet may send.</summary>
    public const int LongestHello = 4 << 10;

    /// <summary>Bytes of the longest report: one of an hour has 3600 pieces of about 150 bytes.</summary>
    public const int LongestReport = 4 << 20;

    /// <summary>Segments sent again so far.</summary>
    public abstract long Retransmissions { get; }

    /// <summary>The congestion window in bytes; 0 where it is not known.</summary>
    public abstract long CongestionWindow { get; }

    /// <summary>The smoothed round-trip time; zero where it is not known.</summary>
    public abstract TimeSpan RoundTrip { get; }

    /// <summary>The name of the congestion control; null where it is not known.</summary>
    public abstract string? Congestion { get; }

    /// <summary>Sends the pattern over and over, as long as the caller wants more, and then the end of the stream.</summary>
    /// <param name="more">Told how many bytes have been handed over; says, when it is time for them, how many more may be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task SendPatternAsync(Func<long, ValueTask<long>> more, CancellationToken cancellationToken);

    /// <summary>Gives everything up to the end of the stream to a check.</summary>
    public abstract Task ReceivePatternAsync(PatternCheck check, CancellationToken cancellationToken);

    /// <summary>Writes a message.</summary>
    public Task WriteAsync(PerfMessage message, CancellationToken cancellationToken) =>
        WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(message, PerfMessageJson.Default.PerfMessage), (byte)'\n'], cancellationToken);

    /// <summary>Ends it at once, whatever is under way.</summary>
    public abstract void Abort();

    /// <summary>Reads a message and nothing behind it.</summary>
    /// <param name="longest">Bytes it may have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">What came is none.</exception>
    public async Task<PerfMessage> ReadAsync(int longest, CancellationToken cancellationToken)
    {
        byte[] line = await ReadLineAsync(longest, cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(line, PerfMessageJson.Default.PerfMessage) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new IOException("what came is no message of nlab perf");
        }
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    protected abstract Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    protected abstract Task<byte[]> ReadLineAsync(int longest, CancellationToken cancellationToken);
}
