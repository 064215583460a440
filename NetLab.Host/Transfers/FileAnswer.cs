using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace NetLab.Host.Transfers;

/// <summary>
/// What a receiver answers, to an offer and at the end: a byte, and behind a refusal two bytes of length and the reason in UTF-8, behind
/// an acceptance eight bytes of position and the SHA-256 of what the receiver has up to there already.
/// </summary>
/// <param name="Kind">Which answer.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Position">Bytes of the file that the receiver has from an earlier time.</param>
/// <param name="PrefixSha256">Their SHA-256; null for none.</param>
internal sealed record FileAnswer(FileAnswerKind Kind, string Reason = "", long Position = 0, byte[]? PrefixSha256 = null)
{
    private const int MaxReasonBytes = 1024;

    /// <summary>Writes the answer and sends it.</summary>
    public async Task WriteAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        byte[] reason = Encoding.UTF8.GetBytes(Reason);
        reason = reason.Length > MaxReasonBytes ? reason[..MaxReasonBytes] : reason;
        byte[] bytes = Kind switch
        {
            FileAnswerKind.Accepted => new byte[1 + 8 + FileOffer.HashSize],
            FileAnswerKind.Refused => new byte[1 + 2 + reason.Length],
            _ => new byte[1],
        };
        bytes[0] = (byte)Kind;
        switch (Kind)
        {
            case FileAnswerKind.Accepted:
                BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), Position);
                PrefixSha256?.CopyTo(bytes, 9);
                break;
            case FileAnswerKind.Refused:
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(1), (ushort)reason.Length);
                reason.CopyTo(bytes, 3);
                break;
        }

        await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="IOException">The receiver closed before it answered, refuses, or does not speak as a receiver does.</exception>
    public static async Task<FileAnswer> ReadAsync(PipeReader input, CancellationToken cancellationToken)
    {
        FileAnswerKind kind = (FileAnswerKind)(await ReadExactlyAsync(input, 1, cancellationToken).ConfigureAwait(false))[0];
        switch (kind)
        {
            case FileAnswerKind.Accepted:
                byte[] accepted = await ReadExactlyAsync(input, 8 + FileOffer.HashSize, cancellationToken).ConfigureAwait(false);
                return new FileAnswer(kind, Position: BinaryPrimitives.ReadInt64BigEndian(accepted), PrefixSha256: accepted[8..]);
            case FileAnswerKind.Refused:
                byte[] length = await ReadExactlyAsync(input, 2, cancellationToken).ConfigureAwait(false);
                byte[] reason = await ReadExactlyAsync(input, Math.Min(MaxReasonBytes, (int)BinaryPrimitives.ReadUInt16BigEndian(length)), cancellationToken).ConfigureAwait(false);
                throw new IOException($"the receiver refuses: {Rendering.PlainText.Of(Encoding.UTF8.GetString(reason))}");
            case FileAnswerKind.Intact or FileAnswerKind.Damaged:
                return new FileAnswer(kind);
            default:
                throw new IOException("the receiver's answer makes no sense: use nlab receive of the same version at the other end");
        }
    }

    private static async Task<byte[]> ReadExactlyAsync(PipeReader input, int count, CancellationToken cancellationToken)
    {
        if (count == 0)
        {
            return [];
        }

        ReadResult result = await input.ReadAtLeastAsync(count, cancellationToken).ConfigureAwait(false);
        if (result.Buffer.Length < count)
        {
            throw new IOException("the receiver closed before it said whether the file is intact");
        }

        byte[] bytes = new byte[count];
        System.Buffers.BuffersExtensions.CopyTo(result.Buffer.Slice(0, count), bytes);
        input.AdvanceTo(result.Buffer.GetPosition(count));
        return bytes;
    }
}
