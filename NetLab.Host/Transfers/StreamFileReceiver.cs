using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Cryptography;
using NetLab.Host.Streams;

namespace NetLab.Host.Transfers;

/// <summary>Receives one file over a byte stream, checks it, and tells the sender.</summary>
internal static class StreamFileReceiver
{
    /// <summary>Receives.</summary>
    /// <param name="stream">A stream that was just accepted.</param>
    /// <param name="open">Opens the file for an offer.</param>
    /// <param name="progress">Told of each amount received, and of the size with the first.</param>
    /// <param name="cancellationToken">Gives up: the peer sees a reset.</param>
    public static async Task<TransferReport> ReceiveAsync(
        LabStream stream, Func<FileOffer, IncomingFile> open, IProgress<(long Received, long Size)>? progress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        FileOffer offer = await ReadOfferAsync(stream.Input, cancellationToken).ConfigureAwait(false);
        using IncomingFile file = open(offer);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long received = 0;
        while (received < offer.Size)
        {
            ReadResult result = await stream.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> bytes = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, offer.Size - received));
            foreach (ReadOnlyMemory<byte> piece in bytes)
            {
                hash.AppendData(piece.Span);
                file.Append(piece.Span);
            }

            received += bytes.Length;
            stream.Input.AdvanceTo(bytes.End);
            progress?.Report((received, offer.Size));
            if (result.IsCompleted && received < offer.Size && bytes.Length == result.Buffer.Length)
            {
                throw new IOException($"the sender ended early: {received} of {offer.Size} bytes of {offer.Name} arrived");
            }
        }

        byte[] digest = hash.GetHashAndReset();
        bool intact = await ReadDigestAsync(stream.Input, cancellationToken).ConfigureAwait(false) is { } sent
            && CryptographicOperations.FixedTimeEquals(sent, digest);
        if (intact)
        {
            file.Keep();
        }

        await stream.Output.WriteAsync(new[] { intact ? FileOffer.Intact : FileOffer.Damaged }, cancellationToken).ConfigureAwait(false);
        await stream.Output.CompleteAsync().ConfigureAwait(false);
        return new TransferReport("received", Path.GetFileName(file.FinalPath), received, Stopwatch.GetElapsedTime(started), Convert.ToHexStringLower(digest))
        {
            Retransmissions = stream.Statistics?.Retransmissions,
            Intact = intact,
        };
    }

    private static async Task<FileOffer> ReadOfferAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> bytes = result.Buffer;
            if (FileOffer.TryRead(ref bytes, out FileOffer? offer))
            {
                input.AdvanceTo(bytes.Start);
                return offer!;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted)
            {
                throw new IOException("the sender closed before it offered a file");
            }
        }
    }

    private static async Task<byte[]?> ReadDigestAsync(PipeReader input, CancellationToken cancellationToken)
    {
        ReadResult result = await input.ReadAtLeastAsync(FileOffer.HashSize, cancellationToken).ConfigureAwait(false);
        if (result.Buffer.Length < FileOffer.HashSize)
        {
            throw new IOException("the sender ended before it told the file's SHA-256");
        }

        byte[] digest = result.Buffer.Slice(0, FileOffer.HashSize).ToArray();
        input.AdvanceTo(result.Buffer.GetPosition(FileOffer.HashSize));
        return digest;
    }
}
