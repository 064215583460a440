using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Cryptography;
using NetLab.Host.Streams;

namespace NetLab.Host.Transfers;

/// <summary>Receives one file over a byte stream, checks it, and tells the sender. <see cref="StreamFileSender"/> says in what form.</summary>
internal static class StreamFileReceiver
{
    // A refusal must not be overtaken by the reset that unread bytes would cause: so long they are taken and thrown away.
    private static readonly TimeSpan RefusalGrace = TimeSpan.FromSeconds(2);

    /// <summary>Waits for a sender's offer.</summary>
    /// <param name="stream">A stream that was just accepted.</param>
    /// <param name="timeout">How long the sender may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">None came: the peer closed, was silent, or is no sender.</exception>
    public static async Task<FileOffer> ReadOfferAsync(LabStream stream, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            while (true)
            {
                ReadResult result = await stream.Input.ReadAsync(limit.Token).ConfigureAwait(false);
                ReadOnlySequence<byte> bytes = result.Buffer;
                if (FileOffer.TryRead(ref bytes, out FileOffer? offer))
                {
                    stream.Input.AdvanceTo(bytes.Start);
                    return offer!;
                }

                stream.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                if (result.IsCompleted)
                {
                    throw new IOException("closed before it offered a file");
                }
            }
        }
        catch (InvalidDataException error)
        {
            throw new IOException(error.Message, error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"offered no file within {timeout.TotalSeconds:0.###} s", error);
        }
    }

    /// <summary>Tells a sender why its file will not be kept, and closes.</summary>
    public static async Task RefuseAsync(LabStream stream, string reason, CancellationToken cancellationToken)
    {
        using var grace = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        grace.CancelAfter(RefusalGrace);
        try
        {
            await new FileAnswer(FileAnswerKind.Refused, reason).WriteAsync(stream.Output, grace.Token).ConfigureAwait(false);
            await stream.Output.CompleteAsync().ConfigureAwait(false);
            await stream.Input.CopyToAsync(Stream.Null, grace.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The sender has gone, or goes on sending: it had its chance to hear.
            stream.Abort();
        }
    }

    /// <summary>Receives what was offered.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="offer">The offer.</param>
    /// <param name="file">Where it goes; kept if it is whole. What it holds from an earlier time is not asked for again.</param>
    /// <param name="progress">Told of each amount received, and of the size, 0 if nobody knows it.</param>
    /// <param name="cancellationToken">Gives up: the peer sees a reset.</param>
    /// <exception cref="IOException">The sender ended early, or the file cannot be written; then the sender is told.</exception>
    public static async Task<TransferReport> ReceiveAsync(
        LabStream stream, FileOffer offer, IncomingFile file, IProgress<(long Received, long Size)>? progress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[]? prefix = file.Length > 0 ? file.Hash() : null;
        await new FileAnswer(FileAnswerKind.Accepted, Position: file.Length, PrefixSha256: prefix).WriteAsync(stream.Output, cancellationToken).ConfigureAwait(false);
        long from = BinaryPrimitives.ReadInt64BigEndian(await ReadExactlyAsync(stream.Input, 8, "before it began to send", cancellationToken).ConfigureAwait(false));
        if (from != 0 && from != file.Length)
        {
            throw new IOException($"the sender begins at byte {from}, and {file.Length} were asked for");
        }

        file.ContinueAt(from, hash);
        long received = from;
        bool intact;
        try
        {
            received += offer.Size is { } size
                ? await TakeAsync(stream.Input, size - from, Keep, (taken, left) => $"{from + taken} of {size} bytes of {offer.Name} arrived", cancellationToken).ConfigureAwait(false)
                : await TakePiecesAsync(stream.Input, offer, Keep, cancellationToken).ConfigureAwait(false);
            byte[] digest = hash.GetCurrentHash();
            byte[] sent = await ReadExactlyAsync(stream.Input, FileOffer.HashSize, "before it told the file's SHA-256", cancellationToken).ConfigureAwait(false);
            intact = CryptographicOperations.FixedTimeEquals(sent, digest);
            if (intact)
            {
                file.Keep();
            }
        }
        catch (UnkeptFileException error)
        {
            await RefuseAsync(stream, error.Message, cancellationToken).ConfigureAwait(false);
            throw;
        }

        await new FileAnswer(intact ? FileAnswerKind.Intact : FileAnswerKind.Damaged).WriteAsync(stream.Output, cancellationToken).ConfigureAwait(false);
        await stream.Output.CompleteAsync().ConfigureAwait(false);
        return new TransferReport("received", Path.GetFileName(file.FinalPath), received, Stopwatch.GetElapsedTime(started), Convert.ToHexStringLower(hash.GetHashAndReset()))
        {
            Resumed = from,
            Retransmissions = stream.Statistics?.Retransmissions,
            Intact = intact,
        };

        void Keep(ReadOnlySpan<byte> piece, long taken)
        {
            hash.AppendData(piece);
            file.Append(piece);
            progress?.Report((from + taken, offer.Size ?? 0));
        }
    }

    private delegate void PieceHandler(ReadOnlySpan<byte> piece, long taken);

    private static async Task<long> TakePiecesAsync(PipeReader input, FileOffer offer, PieceHandler keep, CancellationToken cancellationToken)
    {
        long all = 0;
        while (true)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(await ReadExactlyAsync(input, 4, $"early: {all} bytes of {offer.Name} arrived", cancellationToken).ConfigureAwait(false));
            if (length <= 0)
            {
                return length == 0 ? all : throw new IOException("the sender's piece has a negative length");
            }

            long before = all;
            all += await TakeAsync(input, length, (piece, taken) => keep(piece, before + taken), (taken, _) => $"{before + taken} bytes of {offer.Name} arrived", cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<long> TakeAsync(PipeReader input, long count, PieceHandler keep, Func<long, long, string> arrived, CancellationToken cancellationToken)
    {
        long taken = 0;
        while (taken < count)
        {
            ReadResult result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> bytes = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, count - taken));
            try
            {
                foreach (ReadOnlyMemory<byte> piece in bytes)
                {
                    taken += piece.Length;
                    keep(piece.Span, taken);
                }
            }
            finally
            {
                // Where they cannot be kept, the rest is still read: until the sender has heard why.
                input.AdvanceTo(bytes.End);
            }

            if (result.IsCompleted && taken < count && bytes.Length == result.Buffer.Length)
            {
                throw new IOException($"the sender ended early: {arrived(taken, count - taken)}");
            }
        }

        return taken;
    }

    private static async Task<byte[]> ReadExactlyAsync(PipeReader input, int count, string when, CancellationToken cancellationToken)
    {
        ReadResult result = await input.ReadAtLeastAsync(count, cancellationToken).ConfigureAwait(false);
        if (result.Buffer.Length < count)
        {
            throw new IOException($"the sender ended {when}");
        }

        byte[] bytes = result.Buffer.Slice(0, count).ToArray();
        input.AdvanceTo(result.Buffer.GetPosition(count));
        return bytes;
    }
}
