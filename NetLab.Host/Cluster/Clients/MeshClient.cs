using NetLab.Cluster.Meshes;

namespace NetLab.Cluster.Clients;

/// <summary>Has the nodes of a cluster measure between all of them, and takes what they measured, whichever node coordinates.</summary>
internal sealed class MeshClient(ClusterConnection connection)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Does it.</summary>
    /// <param name="job">What to measure.</param>
    /// <param name="report">Told how far it is.</param>
    /// <param name="keep">Keeps a result; each comes once.</param>
    /// <param name="note">Told what happens to nodes and pairs.</param>
    /// <param name="cancellationToken">Stops it at all nodes.</param>
    /// <exception cref="IOException">No node has answered for a while.</exception>
    public async Task<MeshProgress> RunAsync(MeshJob job, Action<MeshProgress> report, Action<MeshResult> keep, Action<string> note, CancellationToken cancellationToken)
    {
        IMeshGrain grain = connection.Grains.GetGrain<IMeshGrain>(job.Id);
        var patience = new CoordinatorPatience(note);
        HashSet<MeshPair> done = [.. job.Done];
        int told = 0;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    MeshProgress progress = await grain.ContinueAsync(job with { Done = [.. done] }).ConfigureAwait(false);
                    if (patience.OnAnswer(progress.Coordinator))
                    {
                        told = 0;
                    }

                    job = job with { Nodes = progress.Nodes };
                    foreach (MeshResult result in progress.Results.Where(r => done.Add(r.Pair)))
                    {
                        keep(result);
                    }

                    foreach (string line in progress.Notes[Math.Min(told, progress.Notes.Length)..])
                    {
                        note(line);
                    }

                    told = progress.Notes.Length;
                    report(progress);
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
