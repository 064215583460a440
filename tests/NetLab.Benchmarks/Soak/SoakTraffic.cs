using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using NetLab.Tcp.Transport;

namespace NetLab.Benchmarks.Soak;

/// <summary>One of the applications of a soak: one conversation after the other, of a kind and a size that chance decides.</summary>
/// <param name="to">Where the server, or the link before it, is.</param>
/// <param name="options">How endpoints are set up.</param>
/// <param name="random">Its own chance.</param>
/// <param name="counts">Where it is counted what was done.</param>
internal sealed class SoakTraffic(IPEndPoint to, TcpEndpointOptions options, Random random, SoakCounts counts)
{
    // A socket of its own for so many conversations, and then another one.
    private const int PerEndpoint = 20;
    private const int Largest = 8 << 20;

    /// <summary>Talks until told to stop, and finishes what it is saying.</summary>
    public async Task RunAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await using TcpEndpoint endpoint = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0), options with { Remote = to });
            for (int i = 0; i < PerEndpoint && !over.IsCancellationRequested; i++)
            {
                TcpConnection connection = await endpoint.ConnectAsync(to, CancellationToken.None).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    await TalkAsync(connection).ConfigureAwait(false);
                }
            }
        }
    }

    private Task TalkAsync(TcpConnection connection) => random.Next(10) switch
    {
        0 or 1 => UploadAsync(connection, Size()),
        2 or 3 => DownloadAsync(connection, Size(), pause: null),
        4 => DownloadAsync(connection, Size() / 8, () => random.Next(20) == 0 ? Task.Delay(random.Next(50)) : Task.CompletedTask),
        5 or 6 => AskAsync(connection, random.Next(1, 200)),
        7 => EchoAsync(connection, Size() / 4),
        8 => BreakOffAsync(connection),
        _ => AskAsync(connection, 1),
    };

    // Most are small, a few are large.
    private long Size() => (long)Math.Pow(2, random.NextDouble() * Math.Log2(Largest));

    private async Task UploadAsync(TcpConnection connection, long size)
    {
        PipeWriter output = connection.Transport.Output;
        ulong seed = (ulong)random.NextInt64();
        await output.WriteAsync(SoakServer.Request('U', size, seed)).ConfigureAwait(false);
        byte[] sent = await SoakBytes.WriteAsync(output, size, seed).ConfigureAwait(false);
        await output.CompleteAsync().ConfigureAwait(false);
        byte[] answer = await ReadToEndAsync(connection).ConfigureAwait(false);
        counts.Count("upload", size, answer.AsSpan().SequenceEqual(sent));
    }

    private async Task DownloadAsync(TcpConnection connection, long size, Func<Task>? pause)
    {
        ulong seed = (ulong)random.NextInt64();
        await connection.Transport.Output.WriteAsync(SoakServer.Request('D', size, seed)).ConfigureAwait(false);
        byte[] got = await SoakBytes.ReadAsync(connection.Transport.Input, size, pause).ConfigureAwait(false);
        await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
        byte[] more = await ReadToEndAsync(connection).ConfigureAwait(false);
        var nowhere = new Pipe();
        Task draining = nowhere.Reader.CopyToAsync(Stream.Null);
        byte[] wanted = await SoakBytes.WriteAsync(nowhere.Writer, size, seed).ConfigureAwait(false);
        await nowhere.Writer.CompleteAsync().ConfigureAwait(false);
        await draining.ConfigureAwait(false);
        counts.Count(pause is null ? "download" : "slow download", size, got.AsSpan().SequenceEqual(wanted) && more.Length == 0);
    }

    private async Task AskAsync(TcpConnection connection, int times)
    {
        await connection.Transport.Output.WriteAsync(SoakServer.Request('E', 0, 0)).ConfigureAwait(false);
        bool intact = true;
        for (int i = 0; i < times; i++)
        {
            byte[] question = RandomNumberGenerator.GetBytes(100);
            await connection.Transport.Output.WriteAsync(question).ConfigureAwait(false);
            ReadResult read = await connection.Transport.Input.ReadAtLeastAsync(question.Length).ConfigureAwait(false);
            intact &= read.Buffer.Length == question.Length && read.Buffer.ToArray().AsSpan().SequenceEqual(question);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }

        await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
        intact &= (await ReadToEndAsync(connection).ConfigureAwait(false)).Length == 0;
        counts.Count("questions", 200L * times, intact);
    }

    // Both directions at once.
    private async Task EchoAsync(TcpConnection connection, long size)
    {
        PipeWriter output = connection.Transport.Output;
        await output.WriteAsync(SoakServer.Request('E', 0, 0)).ConfigureAwait(false);
        Task<byte[]> reading = SoakBytes.ReadAsync(connection.Transport.Input, size);
        byte[] sent = await SoakBytes.WriteAsync(output, size, (ulong)random.NextInt64()).ConfigureAwait(false);
        await output.CompleteAsync().ConfigureAwait(false);
        byte[] got = await reading.ConfigureAwait(false);
        counts.Count("echo", 2 * size, got.AsSpan().SequenceEqual(sent) && (await ReadToEndAsync(connection).ConfigureAwait(false)).Length == 0);
    }

    // Somebody who goes away in the middle of a sentence, by a RST or by closing with bytes unread.
    private async Task BreakOffAsync(TcpConnection connection)
    {
        await connection.Transport.Output.WriteAsync(SoakServer.Request('D', Largest, 1)).ConfigureAwait(false);
        ReadResult read = await connection.Transport.Input.ReadAtLeastAsync(random.Next(1, 100_000)).ConfigureAwait(false);
        connection.Transport.Input.AdvanceTo(read.Buffer.Start);
        if (random.Next(2) == 0)
        {
            connection.Abort();
        }

        counts.Count("broken off", 0, intact: true);
    }

    private static async Task<byte[]> ReadToEndAsync(TcpConnection connection)
    {
        using var bytes = new MemoryStream();
        await connection.Transport.Input.CopyToAsync(bytes).ConfigureAwait(false);
        return bytes.ToArray();
    }
}
