using System.Net;
using System.Text.Json;
using NetLab.Host.Measurement.Reports;
using NetLab.Tcp.Counters;

namespace NetLab.Host.Measurement.Streams;

/// <summary>A byte stream that is measured: NetLab's, or the kernel's as it is.</summary>
internal abstract class PerfConnection : IAsyncDisposable
{
    /// <summary>Bytes of the longest message that somebody who is not known yet may send.</summary>
    public const int LongestHello = 4 << 10;

    /// <summary>Bytes of the longest report: one of an hour has 3600 pieces of about 150 bytes.</summary>
    public const int LongestReport = 4 << 20;

    /// <summary>Where the peer is; null where that is not known any more.</summary>
    public abstract EndPoint? Peer { get; }

    /// <summary>Segments sent again so far.</summary>
    public abstract long Retransmissions { get; }

    /// <summary>Bytes that the peer has acknowledged so far; null where that is not known.</summary>
    public abstract long? Acknowledged { get; }

    /// <summary>The congestion window in bytes; 0 where it is not known.</summary>
    public abstract long CongestionWindow { get; }

    /// <summary>The smoothed round-trip time; zero where it is not known.</summary>
    public abstract TimeSpan RoundTrip { get; }

    /// <summary>What else the sender knows now.</summary>
    public abstract PerfSenderState State { get; }

    /// <summary>For how long what kept the sender from sending more, since the connection began; null where that is not known.</summary>
    public abstract SendLimitTimes? Limits { get; }

    /// <summary>The name of the congestion control; null where it is not known.</summary>
    public abstract string? Congestion { get; }

    /// <summary>Sends the pattern over and over, as long as the caller wants more, and then the end of the stream.</summary>
    /// <param name="more">Told how many bytes have been handed over; says, when it is time for them, how many more may be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task SendPatternAsync(Func<long, ValueTask<long>> more, CancellationToken cancellationToken);

    /// <summary>Gives everything up to the end of the stream to a check.</summary>
    public abstract Task ReceivePatternAsync(PatternCheck check, CancellationToken cancellationToken);

    /// <summary>Sends a message and waits until it has come back, over and over, and then the end of the stream.</summary>
    /// <param name="message">The message.</param>
    /// <param name="more">Whether once more, when it is time for it.</param>
    /// <param name="onRoundTrip">Told of each: how long it took, and whether what came back was the message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task PingPongAsync(ReadOnlyMemory<byte> message, Func<ValueTask<bool>> more, Action<TimeSpan, bool> onRoundTrip, CancellationToken cancellationToken);

    /// <summary>Bytes sent back so far.</summary>
    public long Echoed { get; protected set; }

    /// <summary>Sends back what comes, up to the end of the stream.</summary>
    public abstract Task EchoAsync(CancellationToken cancellationToken);

    /// <summary>Sends the end of the stream; what the peer still says can be read.</summary>
    public abstract Task EndAsync(CancellationToken cancellationToken);

    /// <summary>Reads a line and nothing behind it.</summary>
    /// <param name="longest">Bytes it may have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The line without its end.</returns>
    /// <exception cref="IOException">It is longer, or the stream ends first.</exception>
    public abstract Task<byte[]> ReadLineAsync(int longest, CancellationToken cancellationToken);

    /// <summary>Writes bytes.</summary>
    public abstract Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Writes a message.</summary>
    public Task WriteAsync(PerfMessage message, CancellationToken cancellationToken) =>
        WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(message, PerfMessageJson.Default.PerfMessage), (byte)'\n'], cancellationToken);

    /// <summary>Ends it at once, whatever is under way.</summary>
    public abstract void Abort();

    /// <summary>Reads a message and nothing behind it.</summary>
    /// <param name="longest">Bytes it may have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">What came is none.</exception>
    public async Task<PerfMessage> ReadAsync(int longest, CancellationToken cancellationToken) =>
        Parse(await ReadLineAsync(longest, cancellationToken).ConfigureAwait(false));

    /// <summary>A message out of a line.</summary>
    /// <exception cref="IOException">It is none.</exception>
    public static PerfMessage Parse(byte[] line)
    {
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
}
