using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Cryptography;
using NetLab.Host.Streams;

namespace NetLab.Host.Transfers;

/// <summary>
/// Sends one file over a byte stream: the offer; behind the receiver's answer eight bytes that say from which position on it comes, the
/// bytes, their SHA-256. A file whose size is not known comes in pieces of four bytes of length each, the last of length 0. At any
/// time the receiver may refuse, and at the end says what came of it.
/// </summary>
internal static class StreamFileSender
{
    private const int ChunkSize = 64 << 10;

    /// <summary>Sends.</summary>
    /// <param name="stream">A stream that was just opened.</param>
    /// <param name="offer">What is offered.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="progress">Told how many bytes have been handed over.</param>
    /// <param name="cancellationToken">Gives up: the peer sees a reset.</param>
    /// <exception cref="IOException">The stream broke, or the receiver refuses; then the message is its reason.</exception>
    public static async Task<TransferReport> SendAsync(
        LabStream stream, FileOffer offer, Stream content, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        offer.WriteTo(stream.Output);
        await stream.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        FileAnswer answer = await FileAnswer.ReadAsync(stream.Input, cancellationToken).ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long from = await SkipPrefixAsync(content, answer, hash, cancellationToken).ConfigureAwait(false);
        BinaryPrimitives.WriteInt64BigEndian(stream.Output.GetSpan(8), from);
        stream.Output.Advance(8);

        // What the receiver says while bytes are still on their way to it ends the sending.
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<FileAnswer> verdict = ReadVerdictAsync(stream.Input, stopped, cancellationToken);
        long sent;
        try
        {
            sent = await SendContentAsync(stream.Output, offer, content, from, hash, progress, stopped.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            await verdict.ConfigureAwait(false);
            throw;
        }

        await stream.Output.CompleteAsync().ConfigureAwait(false);
        FileAnswer end = await verdict.ConfigureAwait(false);
        return new TransferReport("sent", offer.Name, sent, Stopwatch.GetElapsedTime(started), Convert.ToHexStringLower(hash.GetHashAndReset()))
        {
            Resumed = from,
            Retransmissions = stream.Statistics?.Retransmissions,
            Intact = end.Kind == FileAnswerKind.Intact,
        };
    }

    private static async Task<FileAnswer> ReadVerdictAsync(PipeReader input, CancellationTokenSource stopped, CancellationToken cancellationToken)
    {
        try
        {
            return await FileAnswer.ReadAsync(input, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await stopped.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    // The receiver has a beginning from an earlier time: it is not sent again if it is the beginning of this file.
    private static async Task<long> SkipPrefixAsync(Stream content, FileAnswer answer, IncrementalHash hash, CancellationToken cancellationToken)
    {
        if (answer.Position <= 0 || !content.CanSeek || answer.Position > content.Length)
        {
            return 0;
        }

        using var prefix = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[ChunkSize];
        for (long left = answer.Position; left > 0;)
        {
            int read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, ChunkSize)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            prefix.AppendData(buffer.AsSpan(0, read));
            hash.AppendData(buffer.AsSpan(0, read));
            left -= read;
        }

        if (content.Position == answer.Position && prefix.GetHashAndReset().AsSpan().SequenceEqual(answer.PrefixSha256))
        {
            return answer.Position;
        }

        content.Position = 0;
        hash.GetHashAndReset();
        return 0;
    }

    private static async Task<long> SendContentAsync(
        PipeWriter output, FileOffer offer, Stream content, long from, IncrementalHash hash, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        int header = offer.Size is null ? 4 : 0;
        long sent = from;
        while (offer.Size is not { } size || sent < size)
        {
            Memory<byte> chunk = output.GetMemory(header + ChunkSize)[..(header + (int)Math.Min(ChunkSize, (offer.Size ?? long.MaxValue) - sent))];
            int read = await content.ReadAsync(chunk[header..], cancellationToken).ConfigureAwait(false);
            if (read == 0 && offer.Size is { } whole)
            {
                throw new InvalidDataException($"{offer.Name} became shorter while it was sent: {sent} of {whole} bytes");
            }

            if (header > 0)
            {
                BinaryPrimitives.WriteInt32BigEndian(chunk.Span, read);
            }

            hash.AppendData(chunk.Span.Slice(header, read));
            output.Advance(header + read);
            FlushResult flushed = await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            sent += read;
            progress?.Report(sent);
            if (flushed.IsCompleted || read == 0)
            {
                break;
            }
        }

        await output.WriteAsync(hash.GetCurrentHash(), cancellationToken).ConfigureAwait(false);
        return sent;
    }
}
