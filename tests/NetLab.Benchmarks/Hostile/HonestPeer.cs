using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using NetLab.Tcp.Transport;

namespace NetLab.Benchmarks.Hostile;

/// <summary>An ordinary client of an echo, beside an attack: one connection that lasts, and one after another that does not.</summary>
/// <param name="server">The echo.</param>
internal sealed class HonestPeer(IPEndPoint server)
{
    private const int Length = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<double> _milliseconds = [];

    /// <summary>Exchanges on connections of their own that were right.</summary>
    public int Right => _milliseconds.Count;

    /// <summary>Exchanges on connections of their own that failed.</summary>
    public int Failed { get; private set; }

    /// <summary>Exchanges on the connection that lasts.</summary>
    public int Lasting { get; private set; }

    /// <summary>Why the connection that was to last did not; null if it did.</summary>
    public string? Broke { get; private set; }

    /// <summary>How long an exchange took with its handshake, in milliseconds, such as 0.5 for the median; 0 of none.</summary>
    public double Quantile(double share) => _milliseconds.Count == 0 ? 0 : _milliseconds.Order().ElementAt((int)((_milliseconds.Count - 1) * share));

    /// <summary>Goes on until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(LastAsync(cancellationToken), ComeAndGoAsync(cancellationToken));

    private async Task LastAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using TcpEndpoint endpoint = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0), new TcpEndpointOptions { Remote = server });
            await using TcpConnection connection = await endpoint.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
            while (!cancellationToken.IsCancellationRequested)
            {
                await AskAsync(connection).ConfigureAwait(false);
                Lasting++;
                await Task.Delay(20, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (Exception error) when (error is IOException or TimeoutException or System.Net.Sockets.SocketException)
        {
            Broke = error.Message;
        }
    }

    private async Task ComeAndGoAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            long begun = Stopwatch.GetTimestamp();
            try
            {
                using var late = new CancellationTokenSource(Patience);
                await using TcpEndpoint endpoint = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0), new TcpEndpointOptions { Remote = server });
                await using TcpConnection connection = await endpoint.ConnectAsync(server, late.Token).ConfigureAwait(false);
                await AskAsync(connection).ConfigureAwait(false);
                _milliseconds.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
            catch (Exception error) when (error is IOException or TimeoutException or OperationCanceledException or System.Net.Sockets.SocketException)
            {
                Failed++;
            }

            await Task.Delay(50, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task AskAsync(TcpConnection connection)
    {
        byte[] question = new byte[Length];
        Random.Shared.NextBytes(question);
        await connection.Transport.Output.WriteAsync(question).AsTask().WaitAsync(Patience).ConfigureAwait(false);
        ReadResult answer = await connection.Transport.Input.ReadAtLeastAsync(Length).AsTask().WaitAsync(Patience).ConfigureAwait(false);
        byte[] bytes = new byte[Math.Min(Length, answer.Buffer.Length)];
        System.Buffers.BuffersExtensions.CopyTo(answer.Buffer.Slice(0, bytes.Length), bytes);
        connection.Transport.Input.AdvanceTo(answer.Buffer.GetPosition(bytes.Length));
        if (!bytes.AsSpan().SequenceEqual(question))
        {
            throw new IOException("the echo is not what was sent");
        }
    }
}
