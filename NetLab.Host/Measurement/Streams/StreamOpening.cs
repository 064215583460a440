using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;

namespace NetLab.Host.Measurement.Streams;

/// <summary>How a client opens the streams of a measurement: a hello on each, and an answer that it may go on.</summary>
/// <param name="connector">Opens connections; stays the caller's.</param>
/// <param name="answer">Told when the other half has answered.</param>
internal sealed class StreamOpening(PerfConnector connector, PeerAnswer answer)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The measurement's number.</summary>
    public ulong Session { get; } = (ulong)Random.Shared.NextInt64();

    /// <summary>Opens one, and adds it to the others.</summary>
    /// <param name="connections">Those that the caller disposes of.</param>
    /// <param name="hello">What is said of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the other half said.</returns>
    /// <exception cref="IOException">Nobody answers there, or the answer is no.</exception>
    public async Task<PerfMessage> OpenAsync(List<PerfConnection> connections, PerfHello hello, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!answer.HasCome)
        {
            limit.CancelAfter(PeerAnswer.Patience);
        }

        try
        {
            PerfConnection connection = await connector.ConnectAsync(Math.Max(0, hello.Stream), null, limit.Token).ConfigureAwait(false);
            connections.Add(connection);
            await connection.WriteAsync(new PerfMessage { Session = Session, Hello = hello }, limit.Token).ConfigureAwait(false);
            PerfMessage said = await connection.ReadAsync(PerfConnection.LongestHello, limit.Token).WaitAsync(Patience, limit.Token).ConfigureAwait(false);
            answer.Note();
            return said.Ready ? said : throw new IOException($"the receiver refuses: {said.Refusal ?? "it says nothing"}");
        }
        catch (TimeoutException error)
        {
            throw new IOException("the receiver did not answer in time", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(PeerAnswer.Missing, error);
        }
    }
}
