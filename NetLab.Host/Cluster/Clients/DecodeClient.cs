using NetLab.Cluster.Decoding;

namespace NetLab.Cluster.Clients;

/// <summary>Has a cluster decode, and asks how far it is until it is over, whichever node coordinates.</summary>
internal sealed class DecodeClient(ClusterConnection connection)
{
    /// <summary>Does it.</summary>
    /// <param name="job">What to decode.</param>
    /// <param name="report">Told how far it is.</param>
    /// <param name="note">Told what happens to nodes and pieces.</param>
    /// <param name="cancellationToken">Stops it at all nodes.</param>
    /// <exception cref="IOException">No node has answered for a while, or the job cannot be done.</exception>
    public Task<DecodeProgress> RunAsync(DecodeJob job, Action<DecodeProgress> report, Action<string> note, CancellationToken cancellationToken)
    {
        IDecodeGrain grain = connection.Grains.GetGrain<IDecodeGrain>(job.Id);
        return CoordinatedJob.RunAsync(() => grain.ContinueAsync(job), report, grain.StopAsync, note, cancellationToken);
    }
}
