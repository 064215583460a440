namespace NetLab.Cluster.Meshes;

/// <summary>
/// The coordinator of measurements between all nodes; its key is the job's. What was measured is with whoever asked as soon as that asks
/// again, and comes with each call: any node goes on when the coordinator's is gone.
/// </summary>
internal interface IMeshGrain : IGrainWithStringKey
{
    /// <summary>Begins or goes on, and says how far it is. It stops when nobody asks any more.</summary>
    [ResponseTimeout("00:00:05")]
    Task<MeshProgress> ContinueAsync(MeshJob job);

    /// <summary>Stops.</summary>
    [ResponseTimeout("00:00:30")]
    Task StopAsync();
}
