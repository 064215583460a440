using NetLab.Cluster.Meshes;

namespace NetLab.Cluster.Clients;

/// <summary>Has the nodes of a cluster measure between all of them, and takes what they measured, whichever node coordinates.</summary>
internal sealed class MeshClient(ClusterConnection connection)
{
    /// <summary>Does it.</summary>
    /// <param name="job">What to measure.</param>
    /// <param name="report">Told how far it is.</param>
    /// <param name="keep">Keeps a result; each comes once.</param>
    /// <param name="note">Told what happens to nodes and pairs.</param>
    /// <param name="cancellationToken">Stops it at all nodes.</param>
    /// <exception cref="IOException">No node has answered for a while.</exception>
    public Task<MeshProgress> RunAsync(MeshJob job, Action<MeshProgress> report, Action<MeshResult> keep, Action<string> note, CancellationToken cancellationToken)
    {
        IMeshGrain grain = connection.Grains.GetGrain<IMeshGrain>(job.Id);
        HashSet<MeshPair> done = [.. job.Done];
        return CoordinatedJob.RunAsync(() => grain.ContinueAsync(job with { Done = [.. done] }), Keep, grain.StopAsync, note, cancellationToken);

        void Keep(MeshProgress progress)
        {
            // Another coordinator goes on with the nodes that there were.
            job = job with { Nodes = progress.Nodes };
            foreach (MeshResult result in progress.Results.Where(r => done.Add(r.Pair)))
            {
                keep(result);
            }

            report(progress);
        }
    }
}
