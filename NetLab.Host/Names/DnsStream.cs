using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using NetLab.Host.Streams;

namespace NetLab.Host.Names;

/// <summary>Questions and answers on a stream: each with its length in two octets before it (RFC 1035, 4.2.2), several one after the other (RFC 7766, 6.2.1).</summary>
internal static class DnsStream
{
    // RFC 7766, 6.2.3 leaves the time to the server: of clients that ask at once and then again, few take longer.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Serves a stream to its end.</summary>
    /// <param name="responder">Answers.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="onMoved">Told of each amount of bytes that was received or sent.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task ServeAsync(DnsResponder responder, LabStream stream, Action<long> onMoved, CancellationToken cancellationToken)
    {
        byte[] answer = ArrayPool<byte>.Shared.Rent(2 + DnsResponder.MaxMessage);
        try
        {
            while (await ReadAsync(stream.Input, IdleTimeout, cancellationToken).ConfigureAwait(false) is { } question)
            {
                onMoved(2 + question.Length);
                int length = responder.Answer(question, answer.AsSpan(2, DnsResponder.MaxMessage), isStream: true);
                if (length == 0)
                {
                    // What is no question is not waited behind.
                    return;
                }

                BinaryPrimitives.WriteUInt16BigEndian(answer, (ushort)length);
                FlushResult sent = await stream.Output.WriteAsync(answer.AsMemory(0, 2 + length), cancellationToken).ConfigureAwait(false);
                onMoved(2 + length);
                if (sent.IsCompleted)
                {
                    return;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(answer);
        }
    }

    /// <summary>Reads the next message.</summary>
    /// <param name="input">What comes.</param>
    /// <param name="timeout">How long the whole of it may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The message; null if the stream ends before it, or it does not come in time.</returns>
    public static async Task<byte[]?> ReadAsync(PipeReader input, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(timeout);
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync(late.Token).ConfigureAwait(false);
                if (TryTake(read.Buffer, out byte[]? message, out SequencePosition behind))
                {
                    input.AdvanceTo(behind);
                    return message;
                }

                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                if (read.IsCompleted)
                {
                    return null;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static bool TryTake(ReadOnlySequence<byte> buffer, out byte[]? message, out SequencePosition behind)
    {
        var reader = new SequenceReader<byte>(buffer);
        (message, behind) = (null, buffer.Start);
        if (!reader.TryReadBigEndian(out short length) || reader.Remaining < (ushort)length)
        {
            return false;
        }

        message = buffer.Slice(reader.Position, (ushort)length).ToArray();
        behind = buffer.GetPosition((ushort)length, reader.Position);
        return true;
    }
}
