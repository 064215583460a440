using System.Buffers.Binary;
using System.IO.Pipelines;
using NetLab.Tcp.Transport;

namespace NetLab.Benchmarks.Soak;

/// <summary>
/// What the traffic talks to. A request is a letter, a count and a seed: U takes so many bytes and answers with their SHA-256, D gives
/// so many bytes, E echoes until the end of the stream.
/// </summary>
internal static class SoakServer
{
    /// <summary>Bytes of a request.</summary>
    public const int RequestSize = 17;

    /// <summary>Writes a request.</summary>
    public static byte[] Request(char kind, long count, ulong seed)
    {
        byte[] request = new byte[RequestSize];
        request[0] = (byte)kind;
        BinaryPrimitives.WriteInt64BigEndian(request.AsSpan(1), count);
        BinaryPrimitives.WriteUInt64BigEndian(request.AsSpan(9), seed);
        return request;
    }

    /// <summary>Serves until the listener closes.</summary>
    /// <param name="listener">Where connections come from.</param>
    /// <param name="isExpected">Whether a conversation may end in this way; told of every end that is not an ordinary one.</param>
    public static async Task ServeAsync(TcpConnectionListener listener, Predicate<Exception> isExpected)
    {
        List<Task> all = [];
        while (await listener.AcceptAsync().ConfigureAwait(false) is { } connection)
        {
            all.RemoveAll(t => t.IsCompletedSuccessfully);
            all.Add(ServeAsync(connection, isExpected));
        }

        await Task.WhenAll(all).ConfigureAwait(false);
    }

    private static async Task ServeAsync(TcpConnection connection, Predicate<Exception> isExpected)
    {
        try
        {
            await using (connection.ConfigureAwait(false))
            {
                PipeReader input = connection.Transport.Input;
                PipeWriter output = connection.Transport.Output;
                ReadResult read = await input.ReadAtLeastAsync(RequestSize).ConfigureAwait(false);
                if (read.Buffer.Length < RequestSize)
                {
                    return;
                }

                (char kind, long count, ulong seed) = Parse(read.Buffer);
                input.AdvanceTo(read.Buffer.GetPosition(RequestSize));
                switch (kind)
                {
                    case 'U':
                        await output.WriteAsync(await SoakBytes.ReadAsync(input, count).ConfigureAwait(false)).ConfigureAwait(false);
                        break;
                    case 'D':
                        await SoakBytes.WriteAsync(output, count, seed).ConfigureAwait(false);
                        break;
                    default:
                        await input.CopyToAsync(output).ConfigureAwait(false);
                        break;
                }

                await output.CompleteAsync().ConfigureAwait(false);

                // The peer's FIN, so that closing finds nothing unread.
                await input.CopyToAsync(Stream.Null).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (isExpected(error))
        {
            connection.Abort();
        }
    }

    private static (char Kind, long Count, ulong Seed) Parse(System.Buffers.ReadOnlySequence<byte> bytes)
    {
        Span<byte> request = stackalloc byte[RequestSize];
        System.Buffers.BuffersExtensions.CopyTo(bytes.Slice(0, RequestSize), request);
        return ((char)request[0], BinaryPrimitives.ReadInt64BigEndian(request[1..]), BinaryPrimitives.ReadUInt64BigEndian(request[9..]));
    }
}
