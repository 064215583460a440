using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Cryptography;
using NetLab.Host.Streams;

namespace NetLab.Host.Transfers;

/// <summary>Sends one file over a byte stream and waits for the receiver's verdict.</summary>
internal static class StreamFileSender
{
    private const int ChunkSize = 64 << 10;

    /// <summary>Sends.</summary>
    /// <param name="stream">A stream that was just opened.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="size">How many there are.</param>
    /// <param name="progress">Told how many bytes have been handed over.</param>
    /// <param name="cancellationToken">Gives up: the peer sees a reset.</param>
    public static async Task<TransferReport> SendAsync(
        LabStream stream, string name, Stream content, long size, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        new FileOffer(name, size).WriteTo(stream.Output);
        long sent = 0;
        while (sent < size)
        {
            Memory<byte> chunk = stream.Output.GetMemory(ChunkSize)[..(int)Math.Min(ChunkSize, size - sent)];
            int read = await content.ReadAsync(chunk, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new IOException($"{name} became shorter while it was sent: {sent} of {size} bytes");
            }

            hash.AppendData(chunk.Span[..read]);
            stream.Output.Advance(read);
            FlushResult flushed = await stream.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                break;
            }

            sent += read;
            progress?.Report(sent);
        }

        byte[] digest = hash.GetHashAndReset();
        await stream.Output.WriteAsync(digest, cancellationToken).ConfigureAwait(false);
        await stream.Output.CompleteAsync().ConfigureAwait(false);
        bool intact = await ReadVerdictAsync(stream.Input, cancellationToken).ConfigureAwait(false);
        return new TransferReport("sent", name, size, Stopwatch.GetElapsedTime(started), Convert.ToHexStringLower(digest))
        {
            Retransmissions = stream.Statistics?.Retransmissions,
            Intact = intact,
        };
    }

    private static async Task<bool> ReadVerdictAsync(PipeReader input, CancellationToken cancellationToken)
    {
        ReadResult result = await input.ReadAtLeastAsync(1, cancellationToken).ConfigureAwait(false);
        if (result.Buffer.IsEmpty)
        {
            throw new IOException("the receiver closed before it said whether the file is intact");
        }

        bool intact = result.Buffer.FirstSpan[0] == FileOffer.Intact;
        input.AdvanceTo(result.Buffer.End);
        return intact;
    }
}
