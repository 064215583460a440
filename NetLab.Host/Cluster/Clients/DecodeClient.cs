using NetLab.Cluster.Decoding;

namespace NetLab.Cluster.Clients;

/// <summary>Has a cluster decode, and asks how far it is until it is over, whichever node coordinates.</summary>
internal sealed class DecodeClient(ClusterConnection connection)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Does it.</summary>
    /// <param name="job">What to decode.</param>
    /// <param name="report">Told how far it is.</param>
    /// <param name="note">Told what happens to nodes and pieces.</param>
    /// <param name="cancellationToken">Stops it at all nodes.</param>
    /// <exception cref="IOException">No node has answered for a while, or the job cannot be done.</exception>
    public async Task<DecodeProgress> RunAsync(DecodeJob job, Action<DecodeProgress> report, Action<string> note, CancellationToken cancellationToken)
    {
        IDecodeGrain grain = connection.Grains.GetGrain<IDecodeGrain>(job.Id);
        var patience = new CoordinatorPatience(note);
        int told = 0;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    DecodeProgress progress = await grain.ContinueAsync(job).ConfigureAwait(false);
                    if (patience.OnAnswer(progress.Coordinator))
                    {
                        told = 0;
                    }

                    report(progress);
                    foreach (string line in progress.Notes[Math.Min(told, progress.Notes.Length)..])
                    {
                        note(line);
                    }

                    told = progress.Notes.Length;
                    if (progress.IsOver)
                    {
                        return progress;
                    }
                }
                catch (Exception error) when (error is OrleansException or TimeoutException)
                {
                    patience.OnSilence(error);
                }

                await Task.Delay(Interval, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await grain.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }
}
